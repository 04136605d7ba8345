"""What is built holds what it should, and works where it is installed.

Run from a copy of the tree, so that nothing is left behind in it. An installation by pipx or uv is pip's
installation of the wheel in an environment of its own, which is the wheel's case here.
"""

import ast
import json
import shutil
import sys
import tarfile
from importlib.metadata import packages_distributions
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement

from bn_tutor.version import __version__
from tests.packaging.building import FOLDERS, ROOT, SOURCES, contents, metadata, requirements
from tests.packaging.environments import installed, run

# --- what is in them --------------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_with_its_lessons_and_nothing_else(built):
    names = set(contents(built.wheel))
    assert {"bn_tutor/lessons/batchnorm.md", "bn_tutor/py.typed", "bn_tutor/cli/main.py"} <= names
    assert {name.split("/")[0] for name in names} == {"bn_tutor", f"bn_tutor-{__version__}.dist-info"}
    assert not [name for name in names if "test" in name or "__pycache__" in name]


def test_the_wheel_holds_every_module_and_every_lesson(built):
    modules = {path.relative_to(built.tree).as_posix() for path in built.tree.glob("bn_tutor/**/*.py")}
    lessons = {f"bn_tutor/lessons/{path.name}" for path in built.tree.glob("lessons/*.md")}
    assert modules | lessons <= set(contents(built.wheel))


def test_the_wheel_holds_the_texts_that_commands_read(built):
    texts = {f"bn_tutor/{path.relative_to(ROOT / 'bn_tutor')}" for path in (ROOT / "bn_tutor").rglob("*.md")}
    assert {"bn_tutor/course/codes.md", "bn_tutor/course/scaffold.md"} <= texts <= set(contents(built.wheel))


def test_the_wheel_says_what_it_is(built):
    said = metadata(built.wheel)
    assert (said["Name"], said["Version"]) == ("bn-tutor", __version__)
    assert said["License-Expression"] == "MIT"
    assert said.get_payload().strip() == (built.tree / "README.md").read_text(encoding="utf-8").strip()
    assert f"bn_tutor-{__version__}.dist-info/licenses/LICENSE" in contents(built.wheel)


def test_the_wheel_from_the_sdist_is_the_same(built):
    assert contents(built.wheel_from_sdist) == contents(built.wheel)


def imported(module):
    """Return the top names that a module imports, at its head or within a function."""
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in names}


def is_plain(requirement):
    return "extra" not in str(requirement.marker or "")


def test_what_is_imported_is_required(built):
    names = set().union(*map(imported, built.tree.glob("bn_tutor/**/*.py")))
    foreign = names - sys.stdlib_module_names - {"bn_tutor"}
    wanted = list(map(Requirement, requirements(built.wheel)))
    required = {each.name for each in wanted if is_plain(each) or is_of_labs(each)}
    assert {packages_distributions()[name][0] for name in foreign} == required


def is_of_labs(requirement):
    return not is_plain(requirement) and requirement.marker.evaluate({"extra": "labs"})


def test_the_labs_extra_is_named_and_only_two_modules_need_it(built):
    assert "labs" in metadata(built.wheel).get_all("Provides-Extra")
    wanted = filter(is_of_labs, map(Requirement, requirements(built.wheel)))
    # plotext 6 is another library under the same name.
    assert {(each.name, str(each.specifier)) for each in wanted} == {
        ("scikit-learn", ">=1.3"),
        ("plotext", "<6,>=5.3"),
    }
    needing = {
        path.relative_to(built.tree).as_posix()
        for path in built.tree.glob("bn_tutor/**/*.py")
        if imported(path) & {"sklearn", "plotext"}
    }
    assert needing == {"bn_tutor/labs/digits.py", "bn_tutor/views/lab_plot.py"}


def test_the_sdist_holds_what_a_packager_needs(built):
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {*SOURCES, "lessons/batchnorm.md", "tests/packaging/test_packaging.py"} <= names
    assert {name.split("/")[0] for name in names} == {*SOURCES, *FOLDERS, "PKG-INFO"}


# --- installed --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["wheel", "wheel_from_sdist", "editable"])
def home(request, built, tmp_path_factory):
    """An environment with bn-tutor installed, and the folder that its package must come from."""
    folder = tmp_path_factory.mktemp(request.param)
    wanted = requirements(built.wheel)
    if request.param == "editable":
        # As anyone would: pip fetches the build's own tools, which hatchling knows for an editable install.
        environment = installed(folder, wanted, "--editable", built.tree)
        return SimpleNamespace(environment=environment, package=built.tree / "bn_tutor")
    environment = installed(folder, wanted, getattr(built, request.param))
    plant_strangers(environment.packages, "stranger")
    return SimpleNamespace(environment=environment, package=environment.packages / "bn_tutor")


def plant_strangers(folder, name):
    """Lay a stranger's lesson there, with the file that would make the folder look like a checkout."""
    lessons = folder / "lessons"
    lessons.mkdir()
    shutil.copy(ROOT / "lessons" / "batchnorm.md", lessons / f"{name}.md")
    (folder / "pyproject.toml").write_text("[project]\nname = 'stranger'\n", encoding="utf-8")


@pytest.fixture
def elsewhere(tmp_path):
    """A working directory that is not the checkout and has lessons of its own."""
    plant_strangers(tmp_path, "own")
    return tmp_path


def test_the_installed_copy_is_the_one_that_runs(home, elsewhere):
    # Safe path: the working directory must not come first, as it would with a plain -c.
    found = run(
        home.environment.python, "-P", "-c", "import bn_tutor; print(bn_tutor.__file__)", folder=elsewhere
    )
    assert Path(found.strip()) == home.package / "__init__.py"


def test_version(home, elsewhere):
    expected = f"bn-tutor {__version__}\n"
    assert run(home.environment.command, "--version", folder=elsewhere) == expected
    assert run(home.environment.python, "-m", "bn_tutor", "--version", folder=elsewhere) == expected


def test_lessons_are_found_and_a_strangers_are_not(home, elsewhere):
    listed = json.loads(run(home.environment.command, "lesson", "list", "--json", folder=elsewhere))
    shipped = {path.stem for path in (ROOT / "lessons").glob("*.md")} - {"README"}
    assert {row["name"] for row in listed if row["source"] == "shipped"} == shipped
    assert [row["name"] for row in listed if row["source"] != "shipped"] == ["own"]
    assert all(row["summary"] for row in listed)
    assert "batchnorm" in run(home.environment.command, "lesson", "list", folder=elsewhere)


def test_a_walk_runs(home, elsewhere):
    told = json.loads(run(home.environment.command, "walk", "batchnorm", "--json", folder=elsewhere))
    assert told["lesson"] == "batchnorm"


def test_a_new_lesson_is_proven_right_and_a_code_is_explained(home, tmp_path):
    command = home.environment.command
    run(command, "lesson", "new", "mine", folder=tmp_path)
    assert "1 lesson is proven right" in run(command, "lesson", "lint", "mine.md", folder=tmp_path)
    assert "unknown-name" in run(command, "lesson", "explain", "unknown-name", folder=tmp_path)


def test_a_lesson_of_ones_own_is_walked_by_its_path(home, elsewhere):
    told = run(home.environment.command, "walk", "lessons/own.md", "--json", folder=elsewhere)
    assert json.loads(told)["lesson"] == "own"


def test_the_library_works(home, elsewhere):
    program = (
        "import bn_tutor, numpy as np; recording = bn_tutor.record(bn_tutor.load('batchnorm')); "
        "print(bn_tutor.gradients(recording, np.ones((4, 3)))['x'].shape)"
    )
    assert run(home.environment.python, "-c", program, folder=elsewhere) == "(4, 3)\n"
