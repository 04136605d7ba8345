"""Where things are kept between runs."""

import os
from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path


def write_whole(path: Path, text: str) -> None:
    """Write a file aside and then move it into place, so that a crash leaves the old one whole.

    Makes its folder. Raises OSError; nothing is left behind then.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def state_folder() -> Path:
    """Return the folder for what is kept: BN_TUTOR_STATE, or the user's own for application state."""
    chosen = os.environ.get("BN_TUTOR_STATE")
    return Path(chosen) if chosen else user_state_path("bn-tutor", appauthor=False)
