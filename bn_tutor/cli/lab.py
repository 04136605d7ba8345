"""``bn-tutor lab``: small training runs that show whether a claim about batch norm holds."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_lab
from bn_tutor.cli.options import NoColor, Plain

HELP = """\
Small training runs that show whether a claim about batch norm holds.

\b
Examples:
  bn-tutor lab list                       the labs there are
  bn-tutor lab learning-rate              asks what you expect, runs, and says what came out
  bn-tutor lab learning-rate --quick      a short run, of a few seconds
  bn-tutor lab shift --seed 100           the same with other seeds: does it hold?
  bn-tutor lab convnet --walk             walk through one of its training steps
  bn-tutor lab depth --size width=32      other sizes; repeatable
  bn-tutor lab all --quick                every lab, one after the other, in under a minute
  bn-tutor lab claims                     every claim, and what your last runs say of it
"""
LIST, CLAIMS, ALL = "list", "claims", "all"
# The matrices are small: a second thread costs more than it brings, and each core has a process of its own.
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

Name = Annotated[
    str, typer.Argument(metavar="[NAME | list | claims | all]", help="The lab.", autocompletion=complete_lab)
]
SeedCount = Annotated[int, typer.Option("--seeds", min=1, max=1000, help="How many seeds.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=10**9, help="The first seed.")]
Quick = Annotated[bool, typer.Option("--quick", help="A shorter run, of a few seconds.")]
LabSizes = Annotated[
    list[str] | None,
    typer.Option("--size", metavar="NAME=NUMBER", help="A size, such as width=32; repeatable."),
]
Images = Annotated[
    str | None,
    typer.Option("--data", metavar="DATA", help="digits, or synthetic; digits where they are installed."),
]
Predicted = Annotated[
    int | None, typer.Option("--predict", metavar="NUMBER", min=1, help="Your prediction; asked otherwise.")
]
Walk = Annotated[bool, typer.Option("--walk", help="Walk through one of the lab's training steps instead.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the run as one JSON document.")]
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a row for each run.")]
Svg = Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Write the page as a picture.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite FILE.")]


def lab(
    name: Name = LIST,
    seeds: SeedCount = 5,
    seed: Seed = 0,
    quick: Quick = False,
    size: LabSizes = None,
    data: Images = None,
    predict: Predicted = None,
    walk: Walk = False,
    as_json: AsJson = False,
    csv: Csv = None,
    svg: Svg = None,
    force: Force = False,
    plain: Plain = False,
    no_color: NoColor = False,
) -> None:
    """Run a lab; what --help shows is HELP."""
    for variable in _ONE_THREAD:
        os.environ.setdefault(variable, "1")
    from bn_tutor.cli.lab_pages import show_claims, show_list
    from bn_tutor.cli.lab_run import Manner, run_all, run_lab
    from bn_tutor.cli.lab_walk import walk_lab
    from bn_tutor.cli.lab_wish import Asked, wish_for
    from bn_tutor.cli.output import output_look, wants_plain

    pages = {LIST: show_list, CLAIMS: show_claims}
    _refuse_what_does_nothing(
        name, walk, {"--predict": predict, "--csv": csv, "--svg": svg, "--json": as_json}
    )
    asked = Asked(name, seeds, seed, quick, tuple(size or ()), data, walk)
    look = output_look(is_plain=plain or wants_plain())
    if name in pages:
        pages[name](look, as_json=as_json, no_color=no_color)
    elif name == ALL:
        run_all(asked, Manner(no_color=no_color, is_asking=False), look)
    elif walk:
        walk_lab(wish_for(asked), look, no_color=no_color)
    else:
        manner = Manner(predict, as_json, csv, svg, force, no_color)
        run_lab(wish_for(asked), manner, look)


def _refuse_what_does_nothing(name: str, walk: bool, given: Mapping[str, object]) -> None:
    """End the program where an option is for a run of one lab, and there is none."""
    from bn_tutor.cli.output import fail

    if walk or name in (LIST, CLAIMS, ALL):
        is_page = not walk and name != ALL
        for option, value in given.items():
            if value and not (option == "--json" and is_page):
                fail(f"{option} is for a run of a lab: bn-tutor lab NAME {option}")
