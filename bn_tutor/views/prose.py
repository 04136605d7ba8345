"""Markdown prose as wrapped text: paragraphs, lists, `code`, *emphasis*, **strong**. Nothing else styles."""

from collections.abc import Iterator, Sequence
from itertools import count, repeat

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.text import Text

from bn_tutor.views.look import Look
from bn_tutor.views.wrapping import wrapped

_STYLES = {"em_open": "italic", "strong_open": "bold", "code_inline": "bold cyan"}


def prose_lines(markdown: str, look: Look, width: int) -> list[Text]:
    """Return the prose as lines of at most ``width`` columns, paragraphs set apart by an empty line."""
    lines: list[Text] = []
    for paragraph, indent in _paragraphs(MarkdownIt("commonmark").parse(markdown), look):
        if lines and not indent:
            lines.append(Text())
        # However deep a list is, two thirds of the width are left for its text.
        # Under the text of a list item, not under its dot.
        hanging = 2 if indent else 0
        lines += wrapped(paragraph, max(width, 8), hanging, min(indent, width // 3))
    return lines


def _paragraphs(tokens: Sequence[Token], look: Look) -> Iterator[tuple[Text, int]]:
    """Yield each paragraph with its indent; list items are indented and begin with a dot or a number."""
    marks: list[Iterator[str]] = []
    mark = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append(repeat("• ") if token.type.startswith("bullet") else _numbers(token))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
        elif token.type == "list_item_open":
            mark = next(marks[-1])
        elif token.type == "inline":
            yield look.text(mark).append_text(_inline(token.children or (), look)), 2 * len(marks)
            mark = ""
        elif token.type == "html_block":
            yield look.text(token.content.strip()), 2 * len(marks)
        elif token.type in ("fence", "code_block"):
            for line in token.content.rstrip("\n").split("\n"):
                yield look.text(line, "bold cyan"), 2 * len(marks) + 2


def _numbers(token: Token) -> Iterator[str]:
    return (f"{number}. " for number in count(int(token.attrGet("start") or 1)))


def _inline(tokens: Sequence[Token], look: Look) -> Text:
    text, styles = Text(), [""]
    for token in tokens:
        if token.type in ("em_open", "strong_open"):
            styles.append(_STYLES[token.type])
        elif token.type in ("em_close", "strong_close"):
            styles.pop()
        elif token.type in ("softbreak", "hardbreak"):
            text.append(" ")
        else:
            text.append_text(look.text(token.content, _STYLES.get(token.type, styles[-1])))
    return text
