"""What a function raised, explained: where, why, and what the names in it have to do with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bn_tutor.checker.report import Crash
from bn_tutor.checker.source import Source
from bn_tutor.course.plain import one_line


def crash_of(source: Source, error: Mapping[str, Any], failed: Sequence[Mapping[str, Any]]) -> Crash:
    """Return a crash in words; ``failed`` are the statements of the file that had failed before."""
    message = one_line(str(error["message"]), 200)
    say = _explained(source, str(error["type"]), message, failed)
    return Crash(int(error["line"]), str(error["type"]), message, say)


def _explained(source: Source, kind: str, message: str, failed: Sequence[Mapping[str, Any]]) -> str:
    """Say in a sentence what such an error mostly comes from."""
    if kind == "NameError" and (name := _quoted(message)):
        for each in failed:
            if name in source.lines[each["line"] - 1] or "*" in source.lines[each["line"] - 1]:
                why = one_line(f"{each['type']}: {each['message']}", 160)
                return f"{name} is not defined, since line {each['line']} failed: {why}"
        return f"{name} is not defined: nothing in this function or this file has that name"
    if kind == "UnboundLocalError" and (name := _quoted(message)):
        return f"{name} is used before it has a value on this way through the function"
    if kind == "NotImplementedError":
        return "this function is not written yet"
    if kind == "ModuleNotFoundError":
        return f"this needs a module that is not installed: {message}"
    if kind in ("ValueError", "IndexError", "AxisError") and re.search(
        r"broadcast|operands|matmul|axis", message
    ):
        return f"the shapes do not fit: {message}"
    if kind == "ValueError" and re.search(r"unpack", message):
        return f"more or fewer values are unpacked than there are: {message}"
    if kind == "TypeError" and "unpack" in message and "None" in message:
        return "None is unpacked here: the forward function keeps nothing in its cache"
    if kind == "TypeError" and "NoneType" in message:
        return f"something is None here: {message}"
    if kind == "TypeError" and re.search(r"positional argument|keyword argument", message):
        return f"it is called with other arguments than it takes: {message}"
    if kind == "RecursionError":
        return "it calls itself without end"
    if kind == "MemoryError":
        return "it asks for more memory than there is for it"
    if kind in ("SystemExit", "KeyboardInterrupt"):
        return f"it ends the program by {kind}"
    if kind == "EOFError":
        return "it reads from the keyboard, and here nobody types"
    return f"{kind}: {message}" if message else kind


def _quoted(message: str) -> str:
    found = re.search(r"'([^']+)'", message)
    return found[1] if found else ""
