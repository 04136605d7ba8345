"""Options that several commands have. What they are called is the same everywhere."""

from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_choice

Sizes = Annotated[
    list[str] | None, typer.Option("--size", metavar="NAME=NUMBER", help="A size, such as N=6; repeatable.")
]
SetSwitch = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SWITCH=CHOICE",
        help="Set a lesson's switch; repeatable.",
        autocompletion=complete_choice,
    ),
]
Plain = Annotated[
    bool, typer.Option("--plain", help="Append only, no boxes, for screen readers (also ACCESSIBLE=1).")
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (also NO_COLOR).")]
