"""A learner's file as it is read, before anything of it runs: its syntax tree, its functions and classes."""

import __future__

import ast
import io
import marshal
import re
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bn_tutor.course.plain import one_line
from bn_tutor.course.problem import Problem

# A line at the top of a file that names its encoding, as Python reads it.
_NAMES_ENCODING = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#.*)?\r?\n)?[ \t\f]*#.*?coding[:=]")
LARGEST_FILE = 1024 * 1024
DEEPEST = 90
# Notebook commands, which are no Python, take nothing but their line.
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.M)
_PYTHON_2 = re.compile(r"^\s*(?:print\s+[^(=\s]|exec\s+['\"]|raise\s+\w+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)")
# What is run of a file: definitions and what they need, and no training loops, plots or prints.
_RUN = (
    ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.Try,
)  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function; ``default`` is the text of its default, empty where it has none."""

    name: str
    default: str = ""


@dataclass(frozen=True, eq=False)
class Function:
    """A function, or a method, of the file."""

    name: str
    line: int
    parameters: Sequence[Parameter]
    tree: ast.FunctionDef
    # Whether it takes any number of arguments: *args.
    is_variadic: bool = False

    @property
    def text(self) -> str:
        """The function as code, without its comments."""
        return ast.unparse(self.tree)


@dataclass(frozen=True, eq=False)
class Source:
    """A file that is Python: its lines, its tree, and what it defines at the top."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        """The file's lines, without their ends: those that Python counts, so no form feed ends one."""
        return self.text.removesuffix("\n").split("\n")

    @property
    def functions(self) -> dict[str, Function]:
        """The functions at the top of the file, by name; of two with one name the last, as in Python."""
        return {tree.name: function_of(tree) for tree in _top(self.tree) if isinstance(tree, ast.FunctionDef)}

    @property
    def classes(self) -> dict[str, dict[str, Function]]:
        """The methods of each class at the top of the file."""
        return {
            tree.name: {
                each.name: function_of(each) for each in tree.body if isinstance(each, ast.FunctionDef)
            }
            for tree in _top(self.tree)
            if isinstance(tree, ast.ClassDef)
        }

    @cached_property
    def is_coarse(self) -> bool:
        """Whether its code speaks of single precision; a comment does not count."""
        names = (
            getattr(node, "attr", "") or getattr(node, "id", "") or getattr(node, "value", "")
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Attribute | ast.Name | ast.Constant)
        )
        return any(name in ("float32", "single", "f4") for name in names)

    @property
    def coroutines(self) -> dict[str, int]:
        """The lines of the functions that are defined with ``async def``, by name."""
        return {each.name: each.lineno for each in _top(self.tree) if isinstance(each, ast.AsyncFunctionDef)}

    def line_of_return(self, name: str) -> int:
        """Return the line of the last return of a function or method; that of its name where it has none."""
        owner, _, method = name.rpartition(".")
        function = self.classes.get(owner, {}).get(method) if owner else self.functions.get(name)
        if function is None:
            return 0
        lines = [each.lineno for each in ast.walk(function.tree) if isinstance(each, ast.Return)]
        return max(lines, default=function.line)

    def class_text(self, name: str) -> str:
        """Return a class at the top of the file as code, without its comments."""
        classes = [tree for tree in _top(self.tree) if isinstance(tree, ast.ClassDef)]
        return "".join(ast.unparse(tree) for tree in classes if tree.name == name)

    def dataclass_constructor(self, name: str) -> Function | None:
        """Return the constructor that ``@dataclass`` writes for a class; None for a class without it."""
        classes = [tree for tree in _top(self.tree) if isinstance(tree, ast.ClassDef) and tree.name == name]
        if not classes or not any(_is_dataclass(each) for each in classes[-1].decorator_list):
            return None
        parameters = [each for tree in classes[-1:] for each in _fields(tree)]
        code = ast.parse("def __init__(self): pass").body[0]
        assert isinstance(code, ast.FunctionDef)
        return Function("__init__", classes[-1].lineno, parameters, code)

    @property
    def docstring(self) -> str:
        """What the file says of itself."""
        return ast.get_docstring(self.tree) or ""


def _top(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements at the top, and those in the branches of an ``if`` or ``try`` there."""
    for statement in tree.body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            yield from statement.body


def _is_dataclass(decorator: ast.expr) -> bool:
    """Whether a decorator is dataclass, dataclasses.dataclass, or a call of it."""
    text = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return text.rpartition(".")[2] == "dataclass"


def _fields(tree: ast.ClassDef) -> Iterator[Parameter]:
    """Yield what a dataclass takes by place: its annotated names, without those that it makes by itself."""
    for statement in tree.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        kind, value = ast.unparse(statement.annotation), statement.value
        if "KW_ONLY" in kind:
            return
        if "ClassVar" in kind:
            continue
        default = ast.unparse(value) if value else ""
        if isinstance(value, ast.Call) and _is_field(value):
            options = {each.arg: ast.unparse(each.value) for each in value.keywords}
            if options.get("init") == "False" or options.get("kw_only") == "True":
                continue
            default = options.get("default") or options.get("default_factory", "")
        yield Parameter(statement.target.id, default)


def _is_field(call: ast.Call) -> bool:
    return ast.unparse(call.func).rpartition(".")[2] == "field"


def function_of(tree: ast.FunctionDef) -> Function:
    """Return what a definition says of its parameters; ``self`` is none."""
    names = [each.arg for each in (*tree.args.posonlyargs, *tree.args.args)]
    defaults = [ast.unparse(each) for each in tree.args.defaults]
    pairs = zip(names, [*[""] * (len(names) - len(defaults)), *defaults], strict=True)
    parameters = [Parameter(name, default) for name, default in pairs if name != "self"]
    return Function(tree.name, tree.lineno, parameters, tree, tree.args.vararg is not None)


def read_source(path: Path) -> Source | Problem:
    """Read a file; return what is wrong where it is no Python that can be looked at."""
    text = _text(path)
    if isinstance(text, Problem):
        return text
    found = _parsed(path, text)
    if isinstance(found, Source) or not _MAGIC.search(text):
        return found
    return _parsed(path, _MAGIC.sub(lambda magic: re.sub(r"[%!].*", "pass", magic[0]), text))


def _parsed(path: Path, text: str) -> Source | Problem:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, "<file>")
            _check_depth(tree)
            # Some slips are no matter of grammar, and only this finds them: a parameter twice, break outside.
            compile(text, "<file>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _not_python(path, text, error)
    except (ValueError, MemoryError, RecursionError) as error:
        return problem(path, 0, f"this is nested too deeply, or no text at all: {error}")
    return Source(path, text, tree)


def _text(path: Path) -> str | Problem:
    try:
        if path.is_dir():
            return problem(path, 0, "this is a folder, not a Python file")
        if path.suffix.lower() == ".ipynb" and path.is_file():
            say = "this is a notebook, not a Python file"
            return problem(path, 0, say, "save its cells as a .py file, and check that")
        if not path.is_file() and path.exists():  # to open a pipe would be to wait for whoever writes to it
            return problem(path, 0, "this is no plain file, but a device, a pipe or the like")
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            return problem(path, 0, f"the file is larger than {LARGEST_FILE // 1024**2} MB")
    except FileNotFoundError:
        return problem(path, 0, "there is no such file")
    except (OSError, ValueError) as error:
        return problem(path, 0, f"cannot be read: {getattr(error, 'strerror', '') or error}")
    if b"\0" in data:
        return problem(path, data[: data.index(b"\0")].count(b"\n") + 1, "this is a binary file, not Python")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-"
        return problem(path, line, "this line is not UTF-8", hint)
    except (SyntaxError, LookupError) as error:
        if not _NAMES_ENCODING.match(data):
            say = "this is not a text file, or one that was saved in an unusual way"
            return problem(path, 1, say, "check a file of Python code, saved as UTF-8")
        hint = "the first line may say # -*- coding: utf-8 -*-, or nothing of it"
        return problem(path, 1, f"the encoding is not known: {error}", hint)


def _not_python(path: Path, text: str, error: SyntaxError) -> Problem:
    lines = text.split("\n")
    line = error.lineno or 0
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    if _PYTHON_2.match(written):
        hint = "write print(x), and `except Error as error:`"
        return problem(path, line, "this is Python 2, and bn-tutor runs Python 3", hint)
    found = problem(path, line, f"not Python: {error.msg}")
    return Problem(found.path, line, error.offset or 0, found.message)


def _check_depth(tree: ast.AST) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise RecursionError(f"more than {DEEPEST} levels")


def problem(path: Path, line: int, message: str, hint: str = "") -> Problem:
    """Return a problem of this file; the message may hold anything from it."""
    return Problem(one_line(str(path), 200), line, 0, one_line(message, 300), hint)


def compiled(source: Source, tree: ast.Module | None = None) -> list[tuple[int, bytes]]:
    """Return the statements that are run, each as marshalled code with its line.

    ``tree`` may be a probed one. The file's own path stands in the code, so that what is raised is told at
    the file's lines.
    """
    codes = []
    future = _future(source.tree)
    for statement in (tree or source.tree).body:
        if isinstance(statement, _RUN):
            module = ast.Module([statement], type_ignores=[])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = compile(module, str(source.path.resolve()), "exec", future, dont_inherit=True)
            codes.append((statement.lineno, marshal.dumps(code)))
    return codes


def _future(tree: ast.Module) -> int:
    """Return what the file's ``from __future__ import`` lines switch on, as compile takes it."""
    names = [
        each.name
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for each in statement.names
    ]
    return sum({getattr(__future__, name).compiler_flag for name in names})
