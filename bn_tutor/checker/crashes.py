"""What a function raised, explained: where, why, and what the names in it have to do with it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bn_tutor.checker.crash_hints import forgets_return, likely_name, shapes, unpacking
from bn_tutor.checker.report import Crash
from bn_tutor.checker.source import Source
from bn_tutor.course.plain import one_line

# The kind of crash that it is not to return anything.
NO_RETURN = "no return"


def crash_of(source: Source, error: Mapping[str, Any], failed: Sequence[Mapping[str, Any]]) -> Crash:
    """Return a crash in words; ``failed`` are the statements of the file that had failed before."""
    message = one_line(str(error["message"]), 200)
    line, kind = int(error["line"]), str(error["type"])
    if kind == "NameError" and (name := _quoted(message)):
        return Crash(line, kind, message, _undefined(source, line, name, failed))
    say = unpacking(source, line, message) if kind == "ValueError" else ""
    say = say or (shapes(source, line, message) if kind == "ValueError" else "")
    return Crash(line, kind, message, say or _explained(kind, message))


def unwritten_crash(source: Source, name: str, what: str) -> Crash:
    """Return, as a crash, that a function gives nothing; ``what`` says in words what it gives instead."""
    owner, _, method = name.rpartition(".")
    function = source.classes.get(owner, {}).get(method) if owner else source.functions.get(name)
    if function is not None and what == "it returns None" and forgets_return(function.tree):
        say = "it computes results, but returns nothing: the return statement is missing"
        return Crash(function.tree.body[-1].lineno, NO_RETURN, "", say)
    line = source.line_of_return(name)
    return Crash(line, "NotImplementedError", what, f"this function is not written yet: {what}")


def _undefined(source: Source, line: int, name: str, failed: Sequence[Mapping[str, Any]]) -> str:
    """Say why a name is not defined: what should have defined it failed, or it is misspelt, or missing."""
    for each in failed:
        if name in source.lines[each["line"] - 1] or "*" in source.lines[each["line"] - 1]:
            why = one_line(f"{each['type']}: {each['message']}", 160)
            return f"{name} is not defined, since line {each['line']} failed: {why}"
    if likely := likely_name(source, line, name):
        return f"{name} is not defined: did you mean {likely}?"
    return f"{name} is not defined: nothing in this function or this file has that name"


def _explained(kind: str, message: str) -> str:
    """Say in a sentence what such an error mostly comes from."""
    if kind == "UnboundLocalError" and (name := _quoted(message)):
        return f"{name} is used before it has a value on this way through the function"
    if kind == "NotImplementedError":
        return "this function is not written yet"
    if kind == "ModuleNotFoundError":
        return f"this needs a module that is not installed: {message}"
    if kind in ("ValueError", "IndexError", "AxisError") and re.search(
        r"broadcast|operands|matmul|axis|aligned", message
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
