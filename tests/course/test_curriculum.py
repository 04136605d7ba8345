import random
from time import perf_counter

import pytest

from bn_tutor.course.catalogue import entries
from bn_tutor.course.curriculum import in_order
from bn_tutor.course.places import SHIPPED, Entry


@pytest.fixture
def ordered(tmp_path):
    """Return a function: {name: what it requires} -> the names in a learner's order."""

    def order(required, source=SHIPPED):
        listed = [entry(tmp_path, name, names, source) for name, names in required.items()]
        return [found.name for found, _ in in_order(listed)]

    return order


def entry(folder, name, required, source=SHIPPED):
    path = folder / f"{name}.md"
    names = ", ".join(f'"{each}"' for each in required.split())
    path.write_text(f"+++\nsummary = '{name}'\nrequires = [{names}]\n+++\n")
    return Entry(name, path, source)


def test_no_shipped_lesson_comes_before_one_that_it_requires():
    shipped = [row for row in in_order(entries()) if row[0].source == SHIPPED]
    names = [found.name for found, _ in shipped]
    assert set(names) == {found.name for found in entries() if found.source == SHIPPED}
    for found, heading in shipped:
        assert all(names.index(name) < names.index(found.name) for name in heading.requires)


def test_what_is_required_comes_first(ordered):
    assert ordered({"a": "b", "b": "c", "c": ""}) == ["c", "b", "a"]


def test_of_several_the_one_that_most_build_on_comes_first(ordered):
    assert ordered({"a": "", "b": "", "c": "", "d": "c", "e": "d", "f": "b"}) == [
        "c", "b", "d", "a", "e", "f",
    ]  # fmt: skip


def test_else_names_decide_whatever_order_they_come_in(ordered):
    names = [f"l{number}" for number in range(9)]
    random.Random(1).shuffle(names)
    assert ordered(dict.fromkeys(names, "")) == sorted(names)


def test_lessons_that_require_each_other_are_listed_all_the_same(ordered):
    assert ordered({"a": "b", "b": "a", "c": "c", "d": "a none"}) == ["c", "a", "b", "d"]


def test_every_place_has_its_own_order(tmp_path):
    rows = [("b", "a", SHIPPED), ("a", "", SHIPPED), ("y", "b z", "pack p"), ("z", "a", "pack p")]
    listed = [entry(tmp_path, name, required, source) for name, required, source in rows]
    assert [found.name for found, _ in in_order(listed)] == ["a", "b", "z", "y"]


def test_name_that_two_lessons_of_a_place_have(tmp_path):
    (tmp_path / "two").mkdir()
    listed = [entry(tmp_path, "a", "b"), entry(tmp_path / "two", "a", ""), entry(tmp_path, "b", "")]
    assert sorted(found.name for found, _ in in_order(listed)) == ["a", "a", "b"]


def test_folder_of_thousands_of_notes_is_listed(tmp_path):
    listed = [entry(tmp_path, f"note{number}", "") for number in range(2000)]
    start = perf_counter()
    assert len(in_order(listed)) == 2000
    assert perf_counter() - start < 5
