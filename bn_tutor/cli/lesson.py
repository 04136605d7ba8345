"""``bn-tutor lesson``: list, prove, show, begin and preview lessons; each command is a file of its own."""

import typer

from bn_tutor.cli import lesson_explain, lesson_lint, lesson_list, lesson_new, lesson_preview, lesson_show

HELP = "Lessons: list, show, write and prove them."

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("list", help=lesson_list.HELP)(lesson_list.list_lessons)
app.command("lint", help=lesson_lint.HELP)(lesson_lint.lint_lessons)
app.command("explain", help=lesson_explain.HELP)(lesson_explain.explain)
app.command("show", help=lesson_show.HELP)(lesson_show.show_lesson)
app.command("new", help=lesson_new.HELP)(lesson_new.new_lesson)
app.command("preview", help=lesson_preview.HELP)(lesson_preview.preview_lesson)
