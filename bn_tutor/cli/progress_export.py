"""``bn-tutor progress export``: every answer, to a file or to stdout."""

import sys
from pathlib import Path

from bn_tutor.cli.output import fail, tell, until_reader_leaves, write_file
from bn_tutor.cli.progress_show import kept_answers
from bn_tutor.course.plain import one_line
from bn_tutor.course.state_folder import state_folder
from bn_tutor.export.progress_answers import answers_csv, answers_json
from bn_tutor.practice.answer_log import NAME


def export_progress(path: Path | None, form: str, *, force: bool) -> None:
    """Write all answers; a file that is there is only overwritten where ``force`` says so."""
    kept, _ = kept_answers()
    text = answers_csv(kept) if form == "csv" else answers_json(kept)
    if path is None:
        with until_reader_leaves():
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode())
        return
    if _is_log(path):
        fail(f"{one_line(str(path))} is the log itself", status=1)
    try:
        write_file(path, text, force=force)
    except FileExistsError:
        fail(f"{one_line(str(path))} is there already: --force overwrites it", status=1)
    except (OSError, ValueError) as error:
        fail(f"{one_line(str(path))}: {getattr(error, 'strerror', None) or 'cannot be written'}", status=1)
    count = f"{len(kept):,} {'answer' if len(kept) == 1 else 'answers'}"
    tell(f"{one_line(str(path))} holds {count}, as {form.upper()}")


def _is_log(path: Path) -> bool:
    try:
        return path.samefile(state_folder() / NAME)
    except (OSError, ValueError):
        return False
