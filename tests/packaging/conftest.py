"""What is built once for all tests of the packaging."""

from types import SimpleNamespace

import pytest

from tests.packaging.building import build, copy_tree, unpacked


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The copied tree, its sdist and wheel, and the wheel that is built from the sdist."""
    folder = tmp_path_factory.mktemp("built")
    tree = copy_tree(folder / "tree")
    wheel, sdist = build(tree, folder / "from_tree", "--sdist", "--wheel")
    source = unpacked(sdist, folder / "unpacked")
    (second,) = build(source, folder / "from_sdist", "--wheel")
    return SimpleNamespace(tree=tree, sdist=sdist, wheel=wheel, wheel_from_sdist=second)
