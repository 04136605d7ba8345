"""Small training runs, on the project's own engine, that test what is said of batch norm."""
