"""Where things are kept between runs."""

import os
from pathlib import Path

from platformdirs import user_state_path


def state_folder() -> Path:
    """Return the folder for what is kept: BN_TUTOR_STATE, or the user's own for application state."""
    chosen = os.environ.get("BN_TUTOR_STATE")
    return Path(chosen) if chosen else user_state_path("bn-tutor", appauthor=False)
