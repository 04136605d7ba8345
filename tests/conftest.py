"""Settings for all tests."""

import os

from hypothesis import settings

# The same examples at every run, so that a change is judged by what it changes. To search further:
# SEARCH=1 .venv/bin/pytest tests/walk tests/views tests/course
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile("search" if os.environ.get("SEARCH") else "steady")
