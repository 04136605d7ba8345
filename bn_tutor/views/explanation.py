"""What a code of ``lesson lint`` means, as a page; and the list of all codes."""

from collections.abc import Mapping

from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.views.prose import prose_lines
from bn_tutor.views.two_columns import two_columns


def explanation_lines(code: str, text: str, look: Look) -> list[Text]:
    """Return the explanation of one code."""
    return [look.text(code, "bold"), Text(), *prose_lines(text, look, min(look.width, 100))]


def index_lines(explanations: Mapping[str, str], look: Look) -> list[Text]:
    """Return every code with the first sentence of its explanation."""
    return two_columns([(code, _first(text)) for code, text in explanations.items()], look)


def _first(text: str) -> str:
    return " ".join(text.split("\n\n")[0].split()).split(". ")[0].rstrip(".")
