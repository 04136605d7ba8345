"""The place in a walk is kept between runs, and nothing in its file can end a run."""

import json

import pytest

from bn_tutor.course.state_folder import state_folder
from bn_tutor.engine.zoom import Level
from bn_tutor.walk.place import Place, keep_place, kept_place

PLACE = Place(7, Level.OPERATION, {"seed": 3, "sizes": {"N": 4}, "eps": None, "target": "batchnorm"})


def write(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "places.json").write_text(text, encoding="utf-8")


def places(**entry):
    return json.dumps({"format": 1, "places": {"batchnorm": {"level": "node", "options": {}, **entry}}})


def test_a_place_is_kept_and_read_back(tmp_path):
    assert keep_place("batchnorm", PLACE, tmp_path / "new" / "folder") == ""
    assert kept_place("batchnorm", tmp_path / "new" / "folder") == PLACE


@pytest.mark.parametrize("choices", [{}, {"mode": "inference"}, {"axis": "0,1", "∂": "\x1b[31m"}])
def test_choices_are_kept_with_the_place(tmp_path, choices):
    place = Place(7, Level.NODE, {"seed": 3}, choices)
    keep_place("dropout", place, tmp_path)
    assert kept_place("dropout", tmp_path) == place


def test_a_place_that_an_older_version_kept_has_no_choices(tmp_path):
    write(tmp_path, places(frame=3))
    assert kept_place("batchnorm", tmp_path) == Place(3, Level.NODE, {})


def test_choices_of_any_kind_are_read_as_texts(tmp_path):
    write(tmp_path, places(frame=3, choices={"factor": 2, "mode": None}))
    assert kept_place("batchnorm", tmp_path).choices == {"factor": "2", "mode": "None"}


def test_what_was_never_kept_is_not_there(tmp_path):
    assert kept_place("batchnorm", tmp_path) is None
    keep_place("batchnorm", PLACE, tmp_path)
    assert kept_place("layernorm", tmp_path) is None


def test_two_lessons_keep_a_place_each(tmp_path):
    other = Place(0, Level.LAYER, {})
    keep_place("batchnorm", PLACE, tmp_path)
    keep_place("my_bn.py:forward", other, tmp_path)
    assert kept_place("batchnorm", tmp_path) == PLACE
    assert kept_place("my_bn.py:forward", tmp_path) == other


def test_a_new_place_takes_the_old_ones_place(tmp_path):
    keep_place("batchnorm", PLACE, tmp_path)
    keep_place("batchnorm", Place(1, Level.NODE, {}), tmp_path)
    assert kept_place("batchnorm", tmp_path) == Place(1, Level.NODE, {})


@pytest.mark.parametrize("name", ["", "[bold]x[/bold]", "a\nb", "\x1b[31m", "∂", "../x", "\udce9"])
def test_any_name_can_have_a_place(tmp_path, name):
    assert keep_place(name, PLACE, tmp_path) == ""
    assert kept_place(name, tmp_path) == PLACE


def test_nothing_but_the_file_is_left_behind(tmp_path):
    keep_place("batchnorm", PLACE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["places.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"format": 1, "places": {"batchnorm": {"frame": 3, "lev',
        "[]",
        "null",
        "3",
        '"text"',
        '{"format": 1}',
        '{"format": 1, "places": []}',
        '{"format": 1, "places": {"batchnorm": 3}}',
        '{"format": 1, "places": {"batchnorm": [1, 2]}}',
        '{"format": 1, "places": {"batchnorm": {}}}',
        '{"format": 2, "places": {"batchnorm": {"frame": 3, "level": "node", "options": {}}}}',
        "[" * 100_000,
        "\x00",
    ],
)
def test_a_torn_or_foreign_file_is_passed_over(tmp_path, text):
    write(tmp_path, text)
    assert kept_place("batchnorm", tmp_path) is None
    assert keep_place("batchnorm", PLACE, tmp_path) == ""
    assert kept_place("batchnorm", tmp_path) == PLACE


@pytest.mark.parametrize(
    "text",
    [
        places(frame="three"),
        places(frame=None),
        places(frame=[]),
        places(frame=float("nan")),
        places(frame="9" * 5000),
        places(frame=3, level="atom"),
        places(frame=3, options="x"),
        places(frame=3, options=7),
        places(frame=3, choices="x"),
        places(frame=3, choices=7),
        places(frame=3, choices=[1]),
        places(frame=3, choices=None),
    ],
    ids=lambda text: text[:60],
)
def test_a_place_that_makes_no_sense_is_passed_over(tmp_path, text):
    write(tmp_path, text)
    assert kept_place("batchnorm", tmp_path) is None


@pytest.mark.parametrize("frame", ["1e999", "Infinity", "-Infinity"])
def test_an_infinite_place_is_passed_over(tmp_path, frame):
    write(tmp_path, places(frame=0).replace('"frame": 0', f'"frame": {frame}'))
    assert kept_place("batchnorm", tmp_path) is None


def test_a_file_that_is_no_text_is_passed_over(tmp_path):
    (tmp_path / "places.json").write_bytes(b"\xff\xfe\x00\x80")
    assert kept_place("batchnorm", tmp_path) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    assert kept_place("batchnorm", in_the_way) is None
    assert keep_place("batchnorm", PLACE, in_the_way) == "File exists"
    assert keep_place("batchnorm", PLACE, in_the_way / "below") == "Not a directory"


def test_a_folder_where_the_file_should_be_is_told(tmp_path):
    (tmp_path / "places.json").mkdir()
    assert kept_place("batchnorm", tmp_path) is None
    assert keep_place("batchnorm", PLACE, tmp_path) == "Is a directory"
    assert [path.name for path in tmp_path.iterdir()] == ["places.json"]


def test_the_folder_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("BN_TUTOR_STATE", str(tmp_path / "chosen"))
    assert state_folder() == tmp_path / "chosen"


@pytest.mark.parametrize("chosen", [None, ""])
def test_without_a_choice_it_is_the_users_own(tmp_path, monkeypatch, chosen):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BN_TUTOR_STATE", chosen) if chosen is not None else monkeypatch.delenv(
        "BN_TUTOR_STATE", raising=False
    )
    assert state_folder().is_relative_to(tmp_path)
    assert state_folder().name == "bn-tutor"
