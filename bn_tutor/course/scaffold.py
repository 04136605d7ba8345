"""A new lesson to begin with: a small one that works, with comments on what to change."""

import re
from pathlib import Path

from bn_tutor.course.plain import one_line

TEMPLATE = Path(__file__).with_name("scaffold.md")
TITLE = "TITLE"
LONGEST_NAME = 60
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")


class ScaffoldError(ValueError):
    """A lesson file that cannot be made; the message says why, in one line."""


def scaffold(name: str) -> str:
    """Return the text of a new lesson of this name. Raises ScaffoldError where it is no name for a lesson."""
    if not _NAME.fullmatch(name):
        raise ScaffoldError(
            f"{one_line(name, LONGEST_NAME) or 'an empty text'} cannot name a lesson: a name has letters, "
            f"digits, - and _, a letter first, {LONGEST_NAME} at most"
        )
    title = " ".join(name.replace("-", " ").replace("_", " ").split())
    return TEMPLATE.read_text(encoding="utf-8").replace(TITLE, title[0].upper() + title[1:])


def write_scaffold(name: str, folder: Path) -> Path:
    """Write a new lesson NAME.md into a folder that is there; return its path.

    Raises ScaffoldError where the name is not allowed, the file is there already or cannot be written.
    """
    text = scaffold(name)
    path = folder / f"{name}.md"
    try:
        # Exclusive: what is there already is never written over, not even between a look and the writing.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise ScaffoldError(f"{one_line(str(path))} is there already; choose another name") from None
    except OSError as error:
        raise ScaffoldError(f"{one_line(str(path))} cannot be written: {error.strerror}") from None
    return path
