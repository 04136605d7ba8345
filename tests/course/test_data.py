import gc
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bn_tutor.course.data import DataError, load_data


@pytest.fixture
def loaded(tmp_path):
    """Return a function: a file's name and content -> its arrays."""

    def found(name, content, upstream="upstream"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_data(path, upstream)

    return found


@pytest.fixture
def refusal(loaded):
    """Return a function: a file's name and content -> the reason for which it is refused."""

    def found(name, content):
        with pytest.raises(DataError) as caught:
            loaded(name, content)
        return str(caught.value)

    return found


def archive(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def header_of(shape):
    """Return an .npz whose one array claims a shape and holds nothing."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("x.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode())
    return stream.getvalue()


SQUARE = [[1.0, 2.0], [3.0, 4.0]]
TABLES = ["1,2\n3,4\n", "1,2\r\n3,4", "1;2\n3;4\n", "1\t2\n3\t4\n", "1 2\n3 4\n", "a,b\n1,2\n3,4\n"]
TABLES += [
    "\ufeff1,2\n3,4\n",
    "\ufeffa,b\n1,2\n3,4\n",
    '"a","b"\n1,2\n3,4\n',
    "1,2\n\n3,4\n",
    "1,2\n# c\n3,4\n",
]


@pytest.mark.parametrize("text", TABLES)
def test_table_is_x(text, loaded):
    found = loaded("a.csv", text)
    assert list(found) == ["x"]
    assert (found["x"].tolist(), found["x"].dtype) == (SQUARE, np.float64)


@pytest.mark.parametrize(("text", "shape"), [("1,2,3\n", (1, 3)), ("1\n2\n", (2, 1)), ("5", (1, 1))])
def test_one_row_and_one_column_stay_tables(text, shape, loaded):
    assert loaded("a.csv", text)["x"].shape == shape


@pytest.mark.parametrize("name", ["a.txt", "a.tsv", "A.CSV"])
def test_other_endings_of_tables(name, loaded):
    assert loaded(name, "1\t2\n3\t4")["x"].tolist() == SQUARE


def test_archive_holds_arrays_by_name(loaded):
    found = loaded("a.npz", archive(x=np.eye(2, dtype=np.int8), gamma=np.array([True, False])))
    assert {name: value.tolist() for name, value in found.items()} == {"x": [[1, 0], [0, 1]], "gamma": [1, 0]}
    assert {value.dtype for value in found.values()} == {np.dtype(np.float64)}


def test_json_holds_arrays_by_name(loaded):
    found = loaded("a.json", json.dumps({"x": SQUARE, "eps": 0.5}))
    assert {name: value.tolist() for name, value in found.items()} == {"x": SQUARE, "eps": 0.5}


def test_json_of_a_walk_is_read_back(loaded):
    found = loaded("a.json", json.dumps({"inputs": {"x": [1]}, "upstream": [2], "steps": ["any"]}))
    assert {name: value.tolist() for name, value in found.items()} == {"x": [1.0], "upstream": [2.0]}


def test_upstream_may_have_another_name(loaded):
    assert list(loaded("a.json", '{"dout": [1]}', upstream="dout")) == ["upstream"]


REFUSED = {
    ("a.csv", ""): "a.csv: there are no numbers in it",
    ("a.csv", "a,b\n"): "a.csv: there are no numbers in it",
    ("a.csv", "1,2\n3\n"): "a.csv: the number of columns changed from 2 to 1 at row 2",
    ("a.csv", "1,nan\n"): "a.csv: x[0, 1] is nan: every number must be finite",
    ("a.csv", "1,2\n3,-inf\n"): "a.csv: x[1, 1] is -inf: every number must be finite",
    ("a.csv", b"\xff\n"): "a.csv: not UTF-8 text",
    ("a.json", ""): "a.json: Expecting value: line 1 column 1 (char 0)",
    ("a.json", "[1]"): 'a.json: must be an object: {"x": [[1, 2], [3, 4]]}',
    ("a.json", '{"x": [[1, 2], [3]]}'): "a.json: the rows of x are not equally long",
    ("a.json", '{"x": []}'): "a.json: x is empty",
    ("a.json", '{"x": null}'): "a.json: x must hold numbers, not object",
    ("a.json", '{"x": NaN}'): "a.json: x is nan: every number must be finite",
    ("a.json", '{"x": ' + "[" * 100_000): "a.json: the file is damaged",
    ("a.npz", b""): "a.npz: the file is damaged",
    ("a.npz", archive(x=np.array([1j]))): "a.npz: x must hold numbers, not complex128",
    ("a.npz", archive(x=np.array([1.0, np.inf]))): "a.npz: x[1] is inf: every number must be finite",
    ("a.pkl", "x"): "a.pkl: the ending must be .csv, .npz or .json",
    ("a", "x"): "a: the ending must be .csv, .npz or .json",
}


@pytest.mark.parametrize("file", REFUSED, ids=lambda file: f"{file[0]} {file[1][:12]!a}")
def test_file_is_refused_with_its_reason(file, refusal):
    assert refusal(*file) == REFUSED[file]


def test_object_arrays_are_never_unpickled(refusal):
    assert "Object arrays cannot be loaded" in refusal("a.npz", archive(x=np.array([{}], dtype=object)))


def test_array_that_is_no_archive_is_refused(refusal):
    stream = io.BytesIO()
    np.save(stream, np.ones(3))
    assert refusal("a.npz", stream.getvalue())


@pytest.mark.parametrize("shape", ["(1000000000000000,)", "(1000000, 1000000, 1000000)"])
def test_archive_that_claims_to_be_large_is_refused(shape, refusal):
    assert refusal("a.npz", header_of(shape))


def test_message_is_one_plain_line(refusal):
    assert refusal("a.json", '{"\\u001b[2J\\n": "a"}').startswith("a.json: [2J must hold numbers")
    assert refusal("a.json", '{"a\\ud800": "a"}').encode().startswith(b"a.json: a")


def test_missing_file_and_folder_are_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name, reason in [("none.csv", "No such file or directory"), ("folder.csv", "Is a directory")]:
        with pytest.raises(DataError, match=f"{name}: {reason}"):
            load_data(tmp_path / name)


GOOD = archive(x=np.ones((2, 2)))


@pytest.fixture
def no_open_file():
    """Fail here, and not in a later test, where a file is left open."""
    yield
    gc.collect()


files_are_closed = pytest.mark.usefixtures("no_open_file")


@files_are_closed
@pytest.mark.parametrize("length", [2, 100, len(GOOD) - 30])
def test_torn_archive_is_refused(length, refusal):
    assert refusal("a.npz", GOOD[:length])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("any")


def arrays_or_refused(path, content):
    path.write_bytes(content)
    try:
        assert all(np.isfinite(value).all() for value in load_data(path).values())
    except DataError as error:
        assert str(error).startswith(path.name)


brief = settings(
    max_examples=150,
    deadline=2000,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@files_are_closed
@brief
@given(content=st.binary(), ending=st.sampled_from(["csv", "json", "npz"]))
def test_any_bytes_are_arrays_or_refused(folder, content, ending):
    arrays_or_refused(folder / f"a.{ending}", content)


@brief
@given(
    text=st.text(alphabet="0123456789.,;-+eE\n\r\t #\"'[]{}:xnaif"), ending=st.sampled_from(["csv", "json"])
)
def test_any_table_is_arrays_or_refused(folder, text, ending):
    arrays_or_refused(folder / f"a.{ending}", text.encode())


@files_are_closed
@brief
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=3))
def test_any_change_of_an_archive_is_arrays_or_refused(folder, changes):
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    arrays_or_refused(folder / "a.npz", bytes(content))
