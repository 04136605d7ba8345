"""``bn-tutor walk``: step through a lesson, or a function of one's own, forward and back."""

from pathlib import Path
from typing import Annotated

import typer

HELP = """\
Step through a forward and backward pass, one node at a time.

\b
Examples:
  bn-tutor walk batchnorm                     the nine nodes, forward and back
  bn-tutor walk batchnorm --predict           answer before you see
  bn-tutor walk batchnorm --size N=6,D=2      other sizes; --seed for other numbers
  bn-tutor walk batchnorm --data my.csv       your own x
  bn-tutor walk my_bn.py:batchnorm_forward    your own NumPy function
  bn-tutor walk batchnorm --order recursive   what goes wrong without the right order
  bn-tutor walk batchnorm --json              everything, for a program
"""


def _complete_lesson(incomplete: str) -> list[str]:
    from bn_tutor.course.catalogue import entries

    return [entry.name for entry in entries() if entry.name.startswith(incomplete)]


def _complete_node(context: typer.Context, incomplete: str) -> list[str]:
    from bn_tutor.course.catalogue import find, node_names

    path = find(context.params.get("target") or "batchnorm")
    return [name for name in node_names(path) if name.startswith(incomplete)] if path else []


def walk(
    target: Annotated[
        str,
        typer.Argument(
            metavar="[LESSON | FILE.md | FILE.py:FUNCTION]",
            help="What to walk.",
            show_default=True,
            autocompletion=_complete_lesson,
        ),
    ] = "batchnorm",
    size: Annotated[
        list[str] | None,
        typer.Option("--size", metavar="NAME=NUMBER", help="A size, such as N=6; repeatable."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Other random numbers.")] = 0,
    eps: Annotated[float | None, typer.Option("--eps", help="The eps inside the root; 0 is allowed.")] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="x as CSV; any input, and upstream, as .npz or .json."),
    ] = None,
    from_node: Annotated[
        str | None,
        typer.Option("--from", metavar="NODE", help="Begin at a node.", autocompletion=_complete_node),
    ] = None,
    backward: Annotated[bool, typer.Option("--backward", help="Begin with the backward pass.")] = False,
    level: Annotated[str, typer.Option("--level", help="node, operation or layer; z changes it.")] = "node",
    precision: Annotated[int, typer.Option("--precision", min=1, max=12, help="Decimals shown.")] = 3,
    predict: Annotated[bool, typer.Option("--predict", help="Ask before each backward frame.")] = False,
    order: Annotated[
        str, typer.Option("--order", help="right, or recursive: without topological order.")
    ] = "right",
    twice: Annotated[
        bool, typer.Option("--twice", help="A second backward pass on top of the first.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Append only, no boxes, for screen readers (also ACCESSIBLE=1).")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole walk as one JSON document.")
    ] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours (also NO_COLOR).")] = False,
    width: Annotated[
        int | None, typer.Option("--width", min=10, max=1000, help="Columns to draw in.")
    ] = None,
) -> None:
    """Walk through a lesson; the shown help is HELP."""
    from bn_tutor.cli.output import fail, output_look, wants_plain
    from bn_tutor.cli.targets import Request, parse_sizes
    from bn_tutor.cli.walking import Options, run

    if eps is not None and not 0 <= eps < float("inf"):
        fail(f"--eps must be 0 or a positive number, not {eps}")
    wrong_order = "twice" if twice else order
    if wrong_order not in ("right", "recursive", "twice"):
        fail(f"--order is right or recursive, not {order!r}")
    if level not in ("layer", "node", "operation"):
        fail(f"--level is node, operation or layer, not {level!r}")
    look = output_look(width=width, precision=precision, is_plain=plain or wants_plain())
    options = Options(from_node, backward, level, predict, wrong_order, as_json, no_color, width)
    run(Request(target, parse_sizes(size or []), seed, eps, data), options, look)
