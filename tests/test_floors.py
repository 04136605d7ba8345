"""The house rules of DESIGN.md, section 2, held against the source itself.

Each rule is a function of a path inside the package (``engine/graph.py``) and the source text there; it
returns what breaks the rule, in words. A test of each plants a breach.
"""

import ast
import builtins
from pathlib import Path, PurePosixPath

import pytest

PACKAGE = Path(__file__).parents[1] / "bn_tutor"
FLOORS = {
    "engine": 1,
    "course": 2,
    "practice": 3,
    "walk": 3,
    "checker": 3,
    "labs": 3,
    "views": 4,
    "export": 4,
    "cli": 5,
}
# The package's front doors, which import what is asked for when it is asked for.
EXEMPT = {"__init__.py", "__main__.py"}
# What lies under the floors, for all to use.
GROUND = {"version", "__version__"}
LONGEST_FUNCTION = 40
LONGEST_FILE = 400
FORBIDDEN = ("click", "typer._click")
ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
ALLOWED_BASES = ENUMS | {"Protocol", "NDArrayOperatorsMixin"}
BUILT_IN_EXCEPTIONS = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def sources():
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8") for file in files}


# --- reading imports --------------------------------------------------------------------------------------


def imported(path, node):
    """Return the dotted names that one import statement asks for: ``from a import b`` asks for a.b."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    start = node.module or ""
    if node.level:
        here = ("bn_tutor", *PurePosixPath(path).parts[:-1])
        start = ".".join([*here[: len(here) - node.level + 1], *start.split(".")]).rstrip(".")
    return [f"{start}.{alias.name}" for alias in node.names]


def all_imports(path, text):
    return [(node.lineno, name) for node in ast.walk(ast.parse(text)) for name in imported(path, node)]


def is_exempt(path):
    return path in EXEMPT


# --- the rules --------------------------------------------------------------------------------------------


def floor_breaches(path, text):
    """A file imports only from its own folder and from lower floors."""
    folder = PurePosixPath(path).parts[0]
    if is_exempt(path) or folder == "version.py":
        return []
    if folder not in FLOORS:
        return [f"{path}: {folder} is on no floor"]
    targets = [(line, folder_of(name)) for line, name in all_imports(path, text) if is_ours(name)]
    return [
        f"{path}:{line}: {folder} imports {target}"
        for line, target in targets
        if target != folder and FLOORS.get(target, 0 if target in GROUND else 99) >= FLOORS[folder]
    ]


def is_ours(name):
    return name.split(".")[0] == "bn_tutor"


def folder_of(name):
    """Return the folder, or file beside the folders, that a dotted name of ours leads to."""
    return name.split(".")[1] if "." in name else "the whole package"


def hidden_imports(path, text):
    """Only cli/ may import inside a function."""
    if is_exempt(path) or path.startswith("cli/"):
        return []
    found = {
        inner.lineno
        for outer in ast.walk(ast.parse(text))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    return [f"{path}:{line}: an import inside a function" for line in sorted(found)]


def forbidden_imports(path, text):
    """Typer carries its own copy of click; neither is ours to import."""
    return [
        f"{path}:{line}: imports {name}"
        for line, name in all_imports(path, text)
        if any(name == each or name.startswith(f"{each}.") for each in FORBIDDEN)
    ]


def long_functions(path, text):
    functions = (
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    lengths = ((node, node.end_lineno - node.lineno + 1) for node in functions)
    return [
        f"{path}:{node.lineno}: {node.name} has {length} lines"
        for node, length in lengths
        if length > LONGEST_FUNCTION
    ]


def long_files(path, text):
    length = len(text.splitlines())
    return [f"{path}: {length} lines"] if length > LONGEST_FILE else []


def inheritance(path, text):
    """Classes stand on their own, but for exceptions, protocols, enums and NumPy's operators."""
    classes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef))
    return [
        f"{path}:{node.lineno}: {node.name} inherits from {ast.unparse(base)}"
        for node in classes
        for base in node.bases
        if not may_be_base(base_name(base))
    ]


def base_name(base):
    """Return the last name of ``a.b``, and the ``Protocol`` of ``Protocol[T]``."""
    inner = base.value if isinstance(base, ast.Subscript) else base
    return ast.unparse(inner).rpartition(".")[2]


def may_be_base(name):
    return name in ALLOWED_BASES | BUILT_IN_EXCEPTIONS or name.endswith(("Error", "Exception", "Warning"))


def cycles(texts):
    """Return every file that imports itself by way of others, imports inside functions included."""
    graph = {path: neighbours(path, text, texts) for path, text in texts.items() if not is_exempt(path)}
    return [f"{path} imports itself" for path in graph if path in reachable(graph, path)]


def neighbours(path, text, texts):
    files = {file for _, name in all_imports(path, text) for file in files_of(name)}
    return {file for file in files & texts.keys() if file != path}


def files_of(name):
    """Return the files, inside the package, that a dotted name may stand for, or be a name in."""
    parts = name.split(".")[1:] if is_ours(name) else []
    places = ["/".join(parts), "/".join(parts[:-1])]
    return {file for place in places if place for file in (f"{place}.py", f"{place}/__init__.py")}


def reachable(graph, start):
    seen, waiting = set(), list(graph[start])
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting.extend(graph.get(path, ()))
    return seen


RULES = [floor_breaches, hidden_imports, forbidden_imports, long_functions, long_files, inheritance]


# --- the house keeps its rules ----------------------------------------------------------------------------


def test_the_package_is_found():
    assert "engine/graph.py" in sources()


@pytest.mark.parametrize("rule", RULES, ids=[rule.__name__ for rule in RULES])
def test_the_package_keeps_the_rule(rule):
    assert [breach for path, text in sources().items() for breach in rule(path, text)] == []


def test_no_two_files_import_each_other():
    assert cycles(sources()) == []


# --- and each rule notices a breach -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "breaches"),
    [
        ("engine/a.py", "import numpy", []),
        ("engine/a.py", "from bn_tutor.engine.shapes import Shape", []),
        ("engine/a.py", "from bn_tutor.version import __version__", []),
        ("cli/a.py", "from bn_tutor.views import frame", []),
        ("cli/a.py", "from bn_tutor import __version__", []),
        ("views/a.py", "import bn_tutor.course.lesson", []),
        ("__init__.py", "from bn_tutor.cli import main", []),
        (
            "engine/a.py",
            "from bn_tutor.course import lesson",
            ["engine imports course"],
        ),
        ("engine/a.py", "import bn_tutor.cli.main", ["engine imports cli"]),
        ("engine/a.py", "from bn_tutor import views", ["engine imports views"]),
        ("engine/a.py", "from ..views import frame", ["engine imports views"]),
        ("engine/a.py", "from .. import views", ["engine imports views"]),
        ("engine/a.py", "def f():\n    import bn_tutor.labs.depth", ["engine imports labs"]),
        ("walk/a.py", "import bn_tutor.checker.probe", ["walk imports checker"]),
        ("views/a.py", "import bn_tutor.export.svg", ["views imports export"]),
        ("course/a.py", "import bn_tutor", ["course imports the whole package"]),
        ("attic/a.py", "", ["attic is on no floor"]),
        ("loose.py", "", ["loose.py is on no floor"]),
    ],
)
def test_floor_breaches(path, text, breaches):
    found = [breach.split(": ")[1] for breach in floor_breaches(path, text)]
    assert found == breaches


def test_hidden_imports():
    nested = "import os\ndef f():\n    def g():\n        import json\n"
    text = nested + "class A:\n    async def h(self):\n        from a import b\n"
    assert hidden_imports("engine/a.py", text) == [
        "engine/a.py:4: an import inside a function",
        "engine/a.py:7: an import inside a function",
    ]
    assert hidden_imports("cli/a.py", text) == []
    assert hidden_imports("__init__.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "import click",
        "import click.testing",
        "from click import echo",
        "import typer._click.core",
        "from typer import _click",
        "from typer._click import Context",
        "def f():\n    import click",
    ],
)
def test_forbidden_imports(text):
    assert forbidden_imports("cli/a.py", text)


def test_allowed_imports():
    assert (
        forbidden_imports("cli/a.py", "import typer\nfrom typer.testing import CliRunner\nimport clicker")
        == []
    )


@pytest.mark.parametrize(("body", "breaches"), [(39, 0), (40, 1)])
def test_long_functions(body, breaches):
    text = "class A:\n    def f(self):\n" + "        pass\n" * body
    assert len(long_functions("engine/a.py", text)) == breaches


@pytest.mark.parametrize(("lines", "breaches"), [(400, []), (401, ["engine/a.py: 401 lines"])])
def test_long_files(lines, breaches):
    assert long_files("engine/a.py", "pass\n" * lines) == breaches


@pytest.mark.parametrize(
    "base",
    [
        "ValueError",
        "GraphError",
        "KeyboardInterrupt",
        "Protocol",
        "typing.Protocol",
        "Protocol[T]",
        "StrEnum",
        "enum.Enum",
        "NDArrayOperatorsMixin",
    ],
)
def test_bases_that_are_allowed(base):
    assert inheritance("engine/a.py", f"class A({base}): ...") == []


@pytest.mark.parametrize("base", ["Base", "dict", "numpy.ndarray", "object", "list[int]", "make_base()"])
def test_inheritance(base):
    assert inheritance("engine/a.py", f"class A({base}): ...") == [f"engine/a.py:1: A inherits from {base}"]


def test_cycles():
    texts = {
        "engine/a.py": "from bn_tutor.engine import b",
        "engine/b.py": "def f():\n    from bn_tutor.engine.c import thing",
        "engine/c.py": "from .a import f",
        "engine/d.py": "import bn_tutor.engine.a",
        "engine/__init__.py": "",
    }
    assert [breach.split()[0] for breach in cycles(texts)] == ["engine/a.py", "engine/b.py", "engine/c.py"]


def test_two_files_that_import_each_other_inside_functions():
    texts = {
        "cli/a.py": "def f():\n    import bn_tutor.cli.b",
        "cli/b.py": "def f():\n    from bn_tutor.cli.a import f",
    }
    assert len(cycles(texts)) == 2


def test_a_straight_line_is_no_cycle():
    texts = {"engine/a.py": "from bn_tutor.engine import b", "engine/b.py": "import numpy"}
    assert cycles(texts) == []
