"""Floor 5: the commands: load, call, show."""
