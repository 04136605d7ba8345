"""What a shell offers to complete: names that are read from files, without NumPy."""

from pathlib import Path

import typer

LABS = Path(__file__).parents[1] / "labs" / "catalogue.py"


def complete_lesson(incomplete: str) -> list[str]:
    """Return the names of lessons that begin so."""
    from bn_tutor.course.catalogue import shell_names

    return [name for name in shell_names() if name.startswith(incomplete)]


def complete_node(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the lesson's nodes that begin so."""
    from bn_tutor.course.heading import node_names

    path = _lesson_of(context)
    return [name for name in node_names(path) if name.startswith(incomplete)] if path else []


def complete_choice(context: typer.Context, incomplete: str) -> list[str]:
    """Return each of the lesson's switches with each of its choices, as ``mode=train``."""
    from bn_tutor.course.heading import switch_choices

    path = _lesson_of(context)
    return [each for each in switch_choices(path) if each.startswith(incomplete)] if path else []


def complete_function(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the file's functions and classes that begin so, also behind ``forward=``."""
    from bn_tutor.checker.source import Source, read_source

    # While a value is being completed, the arguments before it are not parsed yet.
    path = context.args[0] if context.args else context.params.get("file")
    source = read_source(Path(path)) if path else None
    role, equals, begun = incomplete.rpartition("=")
    names = [*source.functions, *source.classes] if isinstance(source, Source) else []
    return [f"{role}{equals}{name}" for name in names if name.startswith(begun)]


def complete_lab(incomplete: str) -> list[str]:
    """Return the names of labs that begin so, the two pages, and all.

    To import the labs would be to import NumPy: a lab is named like its file, which the catalogue imports.
    """
    import ast

    imports = (node for node in ast.parse(LABS.read_text("utf-8")).body if isinstance(node, ast.ImportFrom))
    files = [each.name for node in imports if node.module == "bn_tutor.labs" for each in node.names]
    names = [name.replace("_", "-") for name in sorted(files)]
    return [name for name in (*names, "list", "claims", "all") if name.startswith(incomplete)]


def _lesson_of(context: typer.Context) -> Path | None:
    from bn_tutor.course.catalogue import find

    # While a value is being completed, the arguments before it are not parsed yet.
    return find(context.args[0] if context.args else context.params.get("target") or "batchnorm")
