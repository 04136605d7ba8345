"""Floor 4: rich renderables, one a file."""
