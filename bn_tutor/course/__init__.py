"""Floor 2: a Markdown file becomes a Lesson, or a list of Problems."""
