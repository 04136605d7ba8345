"""Floor 3: where a learner stands in a walk, and what a key does to it. It never prints."""
