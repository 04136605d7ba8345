"""Hand a file to the child process, as it is or with probes."""

import ast
from collections.abc import Mapping
from typing import Any

from bn_tutor.checker.process import Child
from bn_tutor.checker.source import Source, compiled


def load_into(started: Child, source: Source, tree: ast.Module | None = None) -> list[Mapping[str, Any]]:
    """Run the definitions of a file in the child; return what failed. Raises StoppedError."""
    path = source.path.resolve()
    request = {"do": "load", "path": str(path), "folder": str(path.parent), "codes": compiled(source, tree)}
    return list(started.ask(request).get("failed", ()))
