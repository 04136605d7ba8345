"""A learner's own code: run in a child process, compared, its first wrong line located and named."""
