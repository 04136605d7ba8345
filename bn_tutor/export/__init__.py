"""Floor 4: texts for other programs, in their own notations; nothing here knows of a terminal."""
