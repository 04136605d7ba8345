"""Which functions of a file belong together, and which layer they are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bn_tutor.checker.families import FAMILIES, Family, class_family, family_of
from bn_tutor.checker.source import Function, Source, problem
from bn_tutor.checker.trials import Pair
from bn_tutor.course.lesson import Lesson
from bn_tutor.course.problem import Problem, did_you_mean

LOOKED_FOR = (
    "batchnorm_forward and batchnorm_backward, layernorm_..., dropout_..., spatial_batchnorm_..., "
    "spatial_groupnorm_..., or a class with forward and backward"
)
_FORWARD, _BACKWARD = ("forward", "__call__"), ("backward", "backprop")
_FORWARD_WORDS, _BACKWARD_WORDS = ("forward", "fwd"), ("backward", "bwd", "grad")
_MAPPING = re.compile(r"bn-tutor:\s*(.*)")


def found_pairs(source: Source, wanted: Sequence[str], lesson: Lesson | None) -> list[Pair] | Problem:
    """Return the pairs of functions that can be checked, or why there are none.

    ``wanted`` are names of functions to check alone, or ``forward=NAME`` and ``backward=NAME``, which may
    also stand in the file's docstring after ``bn-tutor:``. With a ``lesson``, they are checked against it.
    """
    words = list(wanted) or _in_docstring(source)
    mapped = dict(word.split("=", 1) for word in words if "=" in word)
    mapped.pop("lesson", None)
    plain = [word for word in words if "=" not in word]
    for word in mapped.keys() - {"forward", "backward"}:
        return problem(source.path, 0, f"{word}= is not known", "there are forward=NAME and backward=NAME")
    for name in (*mapped.values(), *plain):
        if name.partition(".")[0] not in {**source.functions, **source.classes}:
            there = [*source.functions, *source.classes]
            listed = f"there are {', '.join(there)}" if there else "the file defines none at its top"
            hint = did_you_mean(name, there) or listed
            return problem(source.path, 0, f"there is no function {name}", hint)
    if lesson is not None or mapped:
        return _mapped(source, mapped, plain, lesson)
    named = {name.partition(".")[0] for name in plain}
    pairs = [
        pair
        for pair in (*_function_pairs(source), *_class_pairs(source))
        if not named or named & {pair.owner, *(each.name for each in _members(pair))}
    ]
    return pairs or _none(source)


def lesson_named(source: Source) -> str:
    """Return the lesson that a file's docstring names, as ``bn-tutor: lesson=swish``; empty for none."""
    words = dict(word.split("=", 1) for word in _in_docstring(source) if "=" in word)
    return words.get("lesson", "")


def _in_docstring(source: Source) -> list[str]:
    found = _MAPPING.search(source.docstring)
    return found[1].split() if found else []


def _none(source: Source) -> Problem:
    if why := _coroutine(source, FAMILIES):
        return why
    there = ", ".join([*source.functions, *source.classes]) or "none"
    hint = f"looked for {LOOKED_FOR}; others: --function forward=NAME --function backward=NAME"
    return problem(source.path, 0, f"no function that can be checked; the file defines: {there}", hint)


def _coroutine(source: Source, families: Sequence[Family]) -> Problem | None:
    """Return what is wrong with a forward function of these layers that is defined with async def."""
    for name, line in source.coroutines.items():
        if (found := family_of(name)) and found[0] in families and not found[1]:
            say = f"{name} is a coroutine, defined with async def: it returns no values when it is called"
            return problem(source.path, line, say, "take the word async away")
    return None


def why_unpaired(source: Source, pair: Pair) -> Problem | None:
    """Return why backward functions cannot be checked: only a forward function can make their cache."""
    if pair.forward is not None or not pair.backwards:
        return None
    backward, name = pair.backwards[0], f"{pair.family.id}_forward"
    hint = f"define {name} with def at the top of the same file"
    if why := _coroutine(source, [pair.family]):
        return why
    say = (
        f"{backward.name} cannot be checked alone: it needs {name}, which makes its cache, and there is none"
    )
    return problem(source.path, backward.line, say, hint)


def _members(pair: Pair) -> list[Function]:
    return [each for each in (pair.forward, *pair.backwards) if each is not None]


def _function_pairs(source: Source) -> Iterator[Pair]:
    for family in FAMILIES:
        if pair := _pair(family, list(source.functions.values())):
            yield pair


def _pair(family: Family, functions: Sequence[Function]) -> Pair | None:
    forward, backwards = None, []
    for function in functions:
        found = family_of(function.name)
        if found is None or found[0] is not family:
            continue
        if found[1]:
            backwards.append(function)
        elif forward is None or _rank(function.name, family) < _rank(forward.name, family):
            forward = function
    return Pair(family, forward, backwards) if forward or backwards else None


def _rank(name: str, family: Family) -> tuple[bool, int]:
    """The name of the course first, then the shortest."""
    return name != f"{family.id}_forward", len(name)


def _class_pairs(source: Source) -> Iterator[Pair]:
    for pair in _classes(source):
        if family := class_family(pair.owner):
            yield replace(pair, family=family)


def _classes(source: Source) -> Iterator[Pair]:
    """Yield every class that has the methods of a layer; which one it is has still to be found."""
    for name, methods in source.classes.items():
        forward = next((methods[each] for each in _FORWARD if each in methods), None)
        backward = [methods[each] for each in _BACKWARD if each in methods]
        if forward and backward:
            constructor = methods.get("__init__") or source.dataclass_constructor(name)
            yield Pair(FAMILIES[-1], forward, backward, name, constructor)


# --- what the user maps ---------------------------------------------------------------------------------


def _mapped(
    source: Source, mapped: Mapping[str, str], plain: Sequence[str], lesson: Lesson | None
) -> list[Pair] | Problem:
    """Return the one pair that is meant, by what was said or by the words in the functions' names."""
    functions, classes = source.functions, list(_classes(source))
    if lesson and classes and not (mapped or plain) and not _by_word(functions, [], _FORWARD_WORDS):
        return [replace(each, family=lesson_family(lesson)) for each in classes]
    forward = functions.get(mapped.get("forward", "")) or _by_word(functions, plain, _FORWARD_WORDS)
    backward = functions.get(mapped.get("backward", "")) or _by_word(
        functions, plain, ("backward", "bwd", "grad")
    )
    if forward is None:
        hint = "say which it is: --function forward=NAME"
        return problem(source.path, 0, "it is not clear which function is the forward pass", hint)
    known = family_of(forward.name)
    family = lesson_family(lesson) if lesson else known[0] if known else FAMILIES[-1]
    return [Pair(family, forward, [backward] if backward else [])]


def _by_word(
    functions: Mapping[str, Function], plain: Sequence[str], words: Sequence[str]
) -> Function | None:
    names = [name for name in plain if name in functions] or list(functions)
    fitting = [name for name in names if any(word in name.lower() for word in words)]
    return functions[fitting[0]] if fitting else None


def lesson_family(lesson: Lesson) -> Family:
    """Return a lesson as a layer: its functions take its inputs by their names, or in their order."""
    fixed = any(row.value is not None and not isinstance(row.value, int | float) for row in lesson.inputs)
    more = {name: size + 1 for name, size in lesson.sizes.items()}
    return Family(
        id=lesson.name,
        lesson=lesson.name,
        inputs={row.name: tuple(row.shape) for row in lesson.inputs if not row.constant},
        sizes=[dict(lesson.sizes), dict(lesson.sizes) if fixed else more],
        forward="",
        backward="",
        any_lesson=lesson,
    )
