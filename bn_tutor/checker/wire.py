"""Messages between the two processes: JSON with arrays, bytes and numbers in it, and nothing that can run.

This file is read by the child process, too, so it needs nothing but NumPy.
"""

import json
from typing import Any, BinaryIO

# Bound here by name, since a file may put something else in their places.
from numpy import ascontiguousarray, frombuffer, ndarray

# A frame: eight bytes for the length of the whole, eight for that of its JSON, the JSON, and the raw data.
LENGTH = 8
LARGEST = 256 * 1024 * 1024


class BrokenWireError(Exception):
    """What came is no message: the other side is gone, or something else wrote there."""


def packed(message: Any) -> bytes:
    """Return a message as one frame. Arrays are of numbers or truth values; keys of tables are texts."""
    raw: list[bytes] = []
    text = json.dumps(_plain(message, raw)).encode("ascii")
    data = b"".join(raw)
    sizes = (LENGTH + len(text) + len(data), len(text))
    return b"".join(size.to_bytes(LENGTH, "big") for size in sizes) + text + data


def _plain(value: Any, raw: list[bytes]) -> Any:
    if isinstance(value, ndarray):
        array = ascontiguousarray(value)
        raw.append(array.tobytes())
        return {"@": "array", "dtype": array.dtype.str, "shape": list(value.shape), "size": array.nbytes}
    if isinstance(value, bytes):
        raw.append(value)
        return {"@": "bytes", "size": len(value)}
    if isinstance(value, dict):
        return {"@": "table", "items": {str(key): _plain(each, raw) for key, each in value.items()}}
    if isinstance(value, list | tuple):
        return [_plain(each, raw) for each in value]
    return value


def received(stream: BinaryIO) -> Any:
    """Read one message. Raises BrokenWireError at the end of the stream, and for what is no message."""
    length = int.from_bytes(_exactly(stream, LENGTH), "big")
    if not LENGTH <= length <= LARGEST:
        raise BrokenWireError("no message")
    frame = _exactly(stream, length)
    begin = LENGTH + int.from_bytes(frame[:LENGTH], "big")
    try:
        return _Unpacking(frame, begin).value(json.loads(frame[LENGTH:begin]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BrokenWireError("no message") from error


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = stream.read(count - len(data))
        if not piece:
            raise BrokenWireError("the end")
        data += piece
    return data


class _Unpacking:
    """The raw part of a frame, read from its beginning."""

    def __init__(self, frame: bytes, begin: int) -> None:
        self.frame, self.at = frame, begin

    def value(self, plain: Any) -> Any:
        if isinstance(plain, list):
            return [self.value(each) for each in plain]
        if not isinstance(plain, dict):
            return plain
        if plain["@"] == "table":
            return {key: self.value(each) for key, each in plain["items"].items()}
        data = self.frame[self.at : self.at + plain["size"]]
        self.at += plain["size"]
        if plain["@"] == "bytes":
            return data
        return frombuffer(data, plain["dtype"]).reshape(plain["shape"]).copy()
