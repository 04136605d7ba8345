"""``bn-tutor lesson show``: a lesson's graph as a table, a drawing, or text for other programs."""

from typing import Annotated

import typer

from bn_tutor.cli.completion import complete_lesson
from bn_tutor.cli.options import SetSwitch, Sizes

HELP = """\
Show a lesson's nodes with their local gradients, on one page.

\b
Examples:
  bn-tutor lesson show batchnorm                   the nodes, the inputs, what to read
  bn-tutor lesson show batchnorm --as graph        the graph, drawn with lines
  bn-tutor lesson show batchnorm --as dot          for Graphviz: | dot -Tsvg -o bn.svg
  bn-tutor lesson show batchnorm --as mermaid      for a Markdown page
  bn-tutor lesson show batchnorm --level operation every operation is a node
  bn-tutor lesson show my_lesson.md --size N=6     a lesson of your own, other sizes
"""
FORMS = ("table", "graph", "dot", "mermaid")
LEVELS = ("node", "operation", "layer")


Target = Annotated[
    str, typer.Argument(metavar="LESSON | FILE.md", help="What to show.", autocompletion=complete_lesson)
]
ShownAs = Annotated[str, typer.Option("--as", metavar="FORM", help="table, graph, dot or mermaid.")]
ShownLevel = Annotated[str, typer.Option("--level", metavar="LEVEL", help="node, operation or layer.")]
AsJson = Annotated[bool, typer.Option("--json", help="As a JSON document, for a program.")]


def show_lesson(
    target: Target,
    shown_as: ShownAs = "table",
    level: ShownLevel = "node",
    size: Sizes = None,
    switch: SetSwitch = None,
    as_json: AsJson = False,
) -> None:
    """Show a lesson; what --help shows is HELP."""
    from bn_tutor.cli.output import fail, until_reader_leaves
    from bn_tutor.cli.showing import shown
    from bn_tutor.cli.targets import Request, parse_choices, parse_sizes

    if shown_as not in FORMS:
        fail(f"--as is table, graph, dot or mermaid, not {shown_as!r}")
    if level not in LEVELS:
        fail(f"--level is node, operation or layer, not {level!r}")
    if as_json and shown_as != "table":
        fail(f"--json and --as {shown_as} are two forms: choose one")
    with until_reader_leaves():
        request = Request(target, parse_sizes(size or []), choices=parse_choices(switch or []))
        shown(request, "json" if as_json else shown_as, level)
