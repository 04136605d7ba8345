"""``bn-tutor walk``: step through a lesson, or a function of one's own, forward and back."""

from pathlib import Path
from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_lesson, complete_node
from bn_tutor.cli.options import NoColor, Plain, SetSwitch, Sizes

HELP = """\
Step through a forward and backward pass, one node at a time.

\b
Examples:
  bn-tutor walk batchnorm                     the nine nodes, forward and back
  bn-tutor walk batchnorm --predict           answer before you see
  bn-tutor walk batchnorm --size N=6,D=2      other sizes; --seed for other numbers
  bn-tutor walk batchnorm --data my.csv       your own x
  bn-tutor walk dropout --set mode=inference  a switch of the lesson, set to another choice
  bn-tutor walk my_bn.py:batchnorm_forward    your own NumPy function
  bn-tutor walk batchnorm --order recursive   what goes wrong without the right order
  bn-tutor walk batchnorm --json              everything, for a program
"""


Target = Annotated[
    str,
    typer.Argument(
        metavar="[LESSON | FILE.md | FILE.py:FUNCTION]", help="What to walk.", autocompletion=complete_lesson
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Other random numbers.")]
Eps = Annotated[float | None, typer.Option("--eps", help="The eps inside the root; 0 is allowed.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE", help="x as CSV; any input, and upstream, as .npz or .json."),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="NODE", help="Begin at a node.", autocompletion=complete_node)
]
Backward = Annotated[bool, typer.Option("--backward", help="Begin with the backward pass.")]
ShownLevel = Annotated[
    str, typer.Option("--level", metavar="LEVEL", help="node, operation or layer; z changes it.")
]
Precision = Annotated[int, typer.Option("--precision", min=1, max=12, help="Decimals shown.")]
Predict = Annotated[bool, typer.Option("--predict", help="Ask before each backward frame.")]
InOrder = Annotated[
    str, typer.Option("--order", metavar="ORDER", help="right, or recursive: without topological order.")
]
Twice = Annotated[bool, typer.Option("--twice", help="A second backward pass on top of the first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole walk as one JSON document.")]
Width = Annotated[int | None, typer.Option("--width", min=10, max=1000, help="Columns to draw in.")]


def walk(
    target: Target = "batchnorm",
    size: Sizes = None,
    seed: Seed = 0,
    eps: Eps = None,
    data: Data = None,
    from_node: From = None,
    backward: Backward = False,
    level: ShownLevel = "node",
    precision: Precision = 3,
    switch: SetSwitch = None,
    predict: Predict = False,
    order: InOrder = "right",
    twice: Twice = False,
    plain: Plain = False,
    as_json: AsJson = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Walk through a lesson; what --help shows is HELP."""
    from bn_tutor.cli.output import fail, output_look, wants_plain
    from bn_tutor.cli.targets import Request, parse_choices, parse_sizes
    from bn_tutor.cli.walking import Options, run

    if eps is not None and not 0 <= eps < float("inf"):
        fail(f"--eps must be 0 or a positive number, not {eps}")
    wrong_order = "twice" if twice else order
    if wrong_order not in ("right", "recursive", "twice"):
        fail(f"--order is right or recursive, not {order!r}")
    if twice and order != "right":
        fail("--order and --twice show two different mistakes: choose one")
    if level not in ("layer", "node", "operation"):
        fail(f"--level is node, operation or layer, not {level!r}")
    look = output_look(width=width, precision=precision, is_plain=plain or wants_plain())
    options = Options(from_node, backward, level, predict, wrong_order, as_json, no_color, width)
    run(Request(target, parse_sizes(size or []), seed, eps, data, parse_choices(switch or [])), options, look)
