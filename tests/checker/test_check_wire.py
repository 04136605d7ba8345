"""The messages between the two processes: what is sent comes back, and what is no message is told as such."""

import io

import numpy as np
import pytest

from bn_tutor.checker.wire import LARGEST, BrokenWireError, packed, received

MESSAGE = {
    "do": "run",
    "number": 0.1,
    "nothing": None,
    "truth": True,
    "list": [1, [2.5, "three"], {}],
    "code": b"\x00\xff{}",
    "array": np.arange(6.0).reshape(2, 3).T,
    "odd": np.array(["1", "2"]) == "1",
    "zero": np.zeros((0, 3)),
    "scalar": np.asarray(np.nan),
    "@": {"@": "array", "size": 3},
    "text": "\udce9 \x1b \u2028",
}


def same(one, another):
    if isinstance(one, dict):
        return one.keys() == another.keys() and all(same(one[key], another[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(another) and all(map(same, one, another))
    if isinstance(one, np.ndarray):
        return one.dtype == another.dtype and np.array_equal(one, another, equal_nan=one.dtype.kind == "f")
    return one == another


def test_all_that_is_sent_comes_back():
    assert same(MESSAGE, received(io.BytesIO(packed(MESSAGE))))


def test_an_array_can_be_changed_when_it_has_come():
    received(io.BytesIO(packed({"a": np.ones(2)})))["a"][0] = 2.0


def test_one_message_after_the_other_is_read():
    stream = io.BytesIO(packed([1]) + packed([np.ones(3)]) + packed([3]))
    assert received(stream) == [1]
    assert received(stream)[0].shape == (3,)
    assert received(stream) == [3]


class Drop:
    """A stream that gives one byte at a time, as a pipe may."""

    def __init__(self, data):
        self.data = io.BytesIO(data)

    def read(self, count):
        return self.data.read(min(count, 1))


def test_a_message_may_come_in_pieces():
    assert received(Drop(packed({"a": [1, 2]}))) == {"a": [1, 2]}


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 12, 16, -1])
def test_what_breaks_off_is_no_message(kept):
    with pytest.raises(BrokenWireError):
        received(io.BytesIO(packed({"array": np.ones(4)})[:kept]))


def frame(text, data=b"", length=None):
    length = 8 + len(text) + len(data) if length is None else length
    return length.to_bytes(8, "big") + len(text).to_bytes(8, "big") + text + data


@pytest.mark.parametrize(
    "data",
    [
        b"printed into the pipe by somebody",
        frame(b"no json"),
        frame(b'{"no": "kind"}'),
        frame(b'{"@": "array", "dtype": "<f8", "shape": [3], "size": 24}', b"short"),
        frame(b'{"@": "array", "dtype": "O", "shape": [1], "size": 8}', b"12345678"),
        frame(b'{"@": "array", "dtype": "spam", "shape": [1], "size": 8}', b"12345678"),
        frame(b"[" * 100_000),
        frame(b"\xff\xfe"),
        frame(b"[]", length=3),
        frame(b"[]", length=LARGEST + 1),
    ],
)
def test_what_is_no_message_is_told_as_such(data):
    with pytest.raises(BrokenWireError):
        received(io.BytesIO(data))
