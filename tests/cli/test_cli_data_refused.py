"""--data: files that cannot be walked are refused with one line that says why."""

import zipfile

import numpy as np
import pytest

TEXT = {
    "empty.csv": ("", "there are no numbers in it"),
    "blank.csv": ("\n\n", "there are no numbers in it"),
    "heading.csv": ("a,b\n", "there are no numbers in it"),
    "ragged.csv": ("1,2,3\n4,5\n", "the number of columns changed from 3 to 2 at row 2"),
    "nan.csv": ("1,2\nnan,3\n", "x[1, 0] is nan: every number must be finite"),
    "inf.csv": ("1,2\n3,-inf\n", "x[1, 1] is -inf: every number must be finite"),
    "large.csv": ("1,2\n3,1e999\n", "x[1, 1] is inf: every number must be finite"),
    "latin.csv": (b"h\xf6he,b\n1,2\n", "not UTF-8 text"),
    "late.csv": (b"1,2\n" * 9000 + b"\xff,2\n", "not UTF-8 text"),
    "wide.csv": ("1,2\n3,4\n".encode("utf-16"), "not UTF-8 text"),
    "binary.csv": (bytes(range(256)), "not UTF-8 text"),
    "data.xlsx": ("1,2\n", "the ending must be .csv, .npz or .json"),
    "data": ("1,2\n", "the ending must be .csv, .npz or .json"),
    "x.npy": ("1,2\n", "the ending must be .csv, .npz or .json"),
}
OBJECT = 'must be an object: {"x": [[1, 2], [3, 4]]}'
DEEP = "[" * 100_000 + "]" * 100_000
JSON = {
    "list.json": ("[[1, 2], [3, 4]]", OBJECT),
    "number.json": ("3", OBJECT),
    "empty.json": ("", "Expecting value: line 1 column 1 (char 0)"),
    "torn.json": ('{"x": [[1, 2]', "Expecting ',' delimiter: line 1 column 14 (char 13)"),
    "deep.json": (DEEP, "the file is damaged"),
    "deep inside.json": (f'{{"x": {DEEP}}}', "the file is damaged"),
    "ragged.json": ('{"x": [[1, 2], [3]]}', "the rows of x are not equally long"),
    "nan.json": ('{"x": [[1, NaN], [3, 4]]}', "x[0, 1] is nan: every number must be finite"),
    "inf.json": ('{"x": [[1, 2], [Infinity, 4]]}', "x[1, 0] is inf: every number must be finite"),
    "no rows.json": ('{"x": []}', "x is empty"),
    "empty rows.json": ('{"x": [[], []]}', "x is empty"),
}
UNFIT = {
    "row.json": ('{"x": [1, 2, 3]}', "batchnorm: error: x must have the shape (N, D), not (3,)"),
    "scalar.json": ('{"x": 5}', "batchnorm: error: x must have the shape (N, D), not ()"),
    "cube.json": ('{"x": [[[1]]]}', "batchnorm: error: x must have the shape (N, D), not (1, 1, 1)"),
    "eps.json": ('{"eps": [1, 2]}', "batchnorm: error: eps must have the shape (), not (2,)"),
    "gamma.json": (
        '{"x": [[1, 2]], "gamma": [1, 2, 3]}',
        "batchnorm: error: gamma has shape (3,): D = 3 does not fit D = 2",
    ),
    "upstream.json": (
        '{"upstream": [[1, 2]]}',
        "the upstream gradient has the shape (1, 2), the output has (4, 3)",
    ),
    "dout.json": ('{"dout": 1}', "the upstream gradient has the shape (), the output has (4, 3)"),
    "name.json": ('{"gama": [1, 2, 3]}', "batchnorm: error: there is no input gama (did you mean gamma?)"),
}
ARRAYS = {
    "object": (np.array([[1, "a"]], dtype=object), "Object arrays cannot be loaded when allow_pickle=False"),
    "text": (np.array([["1"]]), "x must hold numbers, not "),
    "complex": (np.array([[1j]]), "x must hold numbers, not complex128"),
    "dates": (np.array([["2020-01-01"]], dtype="datetime64[D]"), "x must hold numbers, not datetime64[D]"),
    "no rows": (np.zeros((0, 3)), "x is empty"),
    "nan": (np.array([[1.0, np.nan]]), "x[0, 1] is nan: every number must be finite"),
}


def contents(table):
    return {name: content for name, (content, _) in table.items()}


def complaints_in(table):
    return {name: f"{name}: {said}" for name, (_, said) in table.items()}


@pytest.mark.parametrize("table", [TEXT, JSON], ids=["text", "JSON"])
def test_refused_with_one_line(complaints_about_data, table):
    assert complaints_about_data(contents(table)) == complaints_in(table)


def test_shapes_and_names_that_do_not_fit(complaints_about_data):
    assert complaints_about_data(contents(UNFIT)) == {name: said for name, (_, said) in UNFIT.items()}


def test_a_first_row_with_a_gap_is_no_heading(complaints_about_data):
    """Were it one, a sample would be lost in silence."""
    rows = {"gap.csv": "1,,3", "na.csv": "1,NA,3", "word.csv": "a,2,3"}
    told = complaints_about_data({name: f"{row}\n4,5,6\n7,8,9\n" for name, row in rows.items()})
    assert [said for name, said in told.items() if not said.startswith(f"{name}: ")] == []


def test_text_among_the_numbers(complaints_about_data):
    rows = {"word.csv": "x,5", "gap.csv": "4,", "dots.csv": "1.2.3,4"}
    told = complaints_about_data({name: f"1,2\n{row}\n" for name, row in rows.items()})
    assert [said for name, said in told.items() if not said.startswith(f"{name}: could not convert")] == []


def test_missing_file(complaint):
    assert complaint("--data", "missing.csv") == "missing.csv: No such file or directory"


def test_folders(complaints, tmp_path):
    names = ["folder.csv", "folder.npz", "folder.json"]
    for name in names:
        (tmp_path / name).mkdir()
    expected = {("--data", name): f"{name}: Is a directory" for name in names}
    assert complaints(expected) == expected


def test_nothing_in_a_file_steers_the_terminal(complaints_about_data):
    told = complaints_about_data(
        {
            "[red]bad\x1b[31m.csv": "",
            "two\nlines.csv": "",
            "row.csv": "1,2\n\x1b[31m[bold],3\n",
            "key.json": '{"\\u001b[31m[b]": 1}',
        }
    )
    assert [said.split(" at row")[0].split(" (there")[0] for said in told.values()] == [
        "[red]bad[31m.csv: there are no numbers in it",
        "two lines.csv: there are no numbers in it",
        "row.csv: could not convert string '\\x1b[31m[bold]' to float64",
        "batchnorm: error: there is no input [31m[b]",
    ]


def test_json_without_numbers(complaints_about_data):
    values = ['"text"', '[["a", "b"]]', "null", '{"a": 1}', f"[[1{'0' * 400}, 2]]"]
    told = complaints_about_data({f"{at}.json": f'{{"x": {value}}}' for at, value in enumerate(values)})
    assert [said for said in told.values() if not said[1:].startswith(".json: x must hold numbers")] == []


def test_json_with_an_integer_of_very_many_digits(complaint, written):
    assert complaint("--data", written("x.json", f'{{"x": [[1{"0" * 9000}]]}}')).startswith("x.json: ")


def test_size_that_contradicts_the_data(complaint, written):
    path = written("x.csv", "1,2\n3,4\n")
    said = "batchnorm: error: the data has N = 2, but 5 was asked for"
    assert complaint("--data", path, "--size", "N=5") == said


def test_negative_eps_in_a_file(complaint, written):
    assert complaint("--data", written("e.json", '{"eps": -1}')).startswith("e.json: ")


# --- archives ---------------------------------------------------------------------------------------------


def test_archives_of_what_cannot_be_walked(complaints, tmp_path):
    for name, (array, _) in ARRAYS.items():
        np.savez(tmp_path / f"{name}.npz", x=array)
    told = complaints([("--data", f"{name}.npz") for name in ARRAYS])
    expected = [f"{name}.npz: {said}" for name, (_, said) in ARRAYS.items()]
    assert [said[: len(wanted)] for said, wanted in zip(told.values(), expected, strict=True)] == expected


def test_archives_that_are_none(complaints_about_data):
    junk = {
        "a.npz": b"",
        "b.npz": b"not an archive",
        "c.npz": b"PK\x03\x04 torn",
        "d.npz": b"\x80\x04}q\x00.",
    }
    told = complaints_about_data(junk)
    assert [said for name, said in told.items() if not said.startswith(f"{name}: ")] == []


def test_archive_that_is_a_single_array(complaint, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((3, 2)))
    (tmp_path / "x.npy").rename(tmp_path / "x.npz")
    assert complaint("--data", "x.npz").startswith("x.npz: ")


def test_archive_cut_in_two(complaint, tmp_path):
    np.savez(tmp_path / "x.npz", x=np.ones((30, 20)))
    whole = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(whole[: len(whole) // 2])
    assert complaint("--data", "x.npz") == "x.npz: the file is damaged"


def test_archive_of_something_else(complaint, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as archive:
        archive.writestr("x.npy", "no array")
    assert complaint("--data", "x.npz").startswith("x.npz: ")


def test_archive_of_arrays_without_names(complaint, tmp_path):
    np.savez(tmp_path / "x.npz", np.ones((3, 2)))
    said = "batchnorm: error: there is no input arr_0 (there are: x, gamma, beta, eps)"
    assert complaint("--data", "x.npz") == said
