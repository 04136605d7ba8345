"""``walk FILE.py:function``: NumPy functions of one's own, as a learner has them."""

import numpy as np
import pytest

COURSE = '''\
import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    """Forward pass for batch normalization, in the course's signature."""
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mu = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        xhat = (x - mu) / std
        out = gamma * xhat + beta
        cache = (xhat, std, gamma)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
    else:
        raise ValueError(mode)
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache
'''
PLAIN = """\
import numpy as np


def forward(x, gamma, beta, eps):
    mu = 1 / x.shape[0] * np.sum(x, axis=0)
    xmu = x - mu
    var = np.mean(xmu**2, axis=0)
    ivar = 1.0 / np.sqrt(var + eps)
    return gamma * (xmu * ivar) + beta
"""
STRANGE = """\
import sys
import numpy as np

LIMIT = 3

def einsum(x, gamma):
    y = x * 2
    return np.einsum("ij,j->i", y, gamma)

def raises(x):
    y = x + 1
    raise ValueError("not \\x1b[31mtoday\\nreally")

def needs(x, weights):
    return x * weights

def nothing(x):
    return None

def exits(x):
    sys.exit(3)

def forever(x):
    return forever(x)

def writes(x):
    x[0] = 1
    return x * 2

def needs_by_name(x, *, weights):
    return x * weights

def only_by_place(x, /, gamma):
    return x * gamma

def unchanged(x):
    return x

def prints(x):
    print("hello")
    return x * 2

def long(x):
    for _ in range(600):
        x = x + 1
    return x
"""


@pytest.fixture
def strange(written):
    return written("strange.py", STRANGE).name


# --- what can be walked -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "name"), [(COURSE, "batchnorm_forward"), (PLAIN, "forward")])
def test_gradients_are_those_of_the_lesson(document, written, text, name):
    path = written("my_bn.py", text)
    mine, lesson = document(f"{path.name}:{name}"), document()
    assert mine["lesson"] == f"my_bn.py:{name}"
    assert mine["inputs"]["x"] == lesson["inputs"]["x"]
    for key, right in lesson["gradients"].items():
        np.testing.assert_allclose(mine["gradients"][key], right, rtol=1e-9)


def test_frames_are_named_after_the_variables(walk, written):
    text = walk(f"{written('my_bn.py', COURSE).name}:batchnorm_forward")
    assert text.startswith(" my_bn.py:batchnorm_forward   forward 1 of ")
    assert "\n node 1   mu = mean(x, axis=0)   shape (3,)\n" in text
    assert " backward 1 of " in text
    assert "running_mean" not in text


def test_sizes_seed_and_eps(document, written):
    target = f"{written('my_bn.py', PLAIN).name}:forward"
    found = document(target, "--size", "N=6,D=2", "--eps", "0.5", "--seed", "4")
    lesson = document("--size", "N=6,D=2", "--eps", "0.5", "--seed", "4")
    np.testing.assert_allclose(found["gradients"]["x"], lesson["gradients"]["x"], rtol=1e-9)


def test_data_gives_any_parameter(document, strange, written):
    path = written("weights.json", '{"x": [[1, 2]], "weights": [3, 4], "upstream": [[1, 10]]}')
    found = document(f"{strange}:needs", "--data", path)
    assert found["gradients"] == {"x": [[3.0, 40.0]], "weights": [1.0, 20.0]}


def test_function_in_another_folder(walk, written, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "helper.py").write_text("def twice(x):\n    return 2 * x\n")
    (tmp_path / "sub" / "mine.py").write_text("from helper import twice\ndef f(x):\n    return twice(x)\n")
    assert "backward 1 of 1" in walk("sub/mine.py:f")


def test_node_of_a_function(walk, written):
    target = f"{written('my_bn.py', PLAIN).name}:forward"
    assert " node 2   xmu = x − mu " in walk(target, "--from", "xmu").splitlines()[1]


@pytest.mark.parametrize("arguments", [[], ["--backward"], ["--order", "recursive"], ["--twice"]])
def test_function_that_returns_its_input(run, strange, arguments):
    result = run("walk", f"{strange}:unchanged", *arguments)
    assert "Traceback" not in result.stderr
    assert result.stdout or result.returncode == 2


def test_recursive_order_of_a_long_function(walk, strange):
    assert "nowhere: in this graph the mistake does no harm" in walk(
        f"{strange}:long", "--order", "recursive"
    )


def test_what_a_function_prints_is_not_in_the_document(document, strange):
    assert document(f"{strange}:prints")["lesson"] == "strange.py:prints"


# --- what cannot ------------------------------------------------------------------------------------------


REFUSED = {
    "einsum": "strange.py:8: error: np.einsum is not an operation that can be recorded",
    "raises": "strange.py:12: error: ValueError: not [31mtoday really",
    "writes": "strange.py:27: error: a write into an array cannot be recorded: build a new array instead",
    "needs": (
        "strange.py: error: there is no value for the parameter weights"
        " (give it with --data FILE.npz or FILE.json)"
    ),
    "nothing": "strange.py: error: the function returns no array that was computed from its inputs",
    "einsun": "strange.py: error: there is no function einsun (did you mean einsum?)",
    "forever": "strange.py:24: error: RecursionError: maximum recursion depth exceeded",
    "LIMIT": "strange.py: error: there is no function LIMIT (there are:",
    "[red]\x1b[31m": "strange.py: error: there is no function [red][31m (there are:",
}


def test_functions_that_cannot_be_walked(complaints, strange):
    told = complaints([(f"{strange}:{name}",) for name in REFUSED]).values()
    found = {name: said[: len(REFUSED[name])] for name, said in zip(REFUSED, told, strict=True)}
    assert found == REFUSED


def test_function_that_exits(complaint, strange):
    assert complaint(f"{strange}:exits") == "strange.py:21: error: SystemExit: 3"


def test_parameter_by_name_only_has_no_value(complaint, strange):
    assert "there is no value for the parameter weights" in complaint(f"{strange}:needs_by_name")


def test_parameter_by_place_only(document, strange):
    assert len(document(f"{strange}:only_by_place")["gradients"]["gamma"]) == 3


FILES = {
    "syntax.py": ("def f(x:\n    return x\n", "syntax.py:1: error: not Python 3: '(' was never closed"),
    "crash.py": ("x = 1\n\n\nsum(3)\n", "crash.py:4: error: TypeError: 'int' object is not iterable"),
    "lack.py": ("import no_such\n", "lack.py:1: error: ModuleNotFoundError: No module named 'no_such'"),
    "leave.py": ("import sys\nsys.exit('bye')\n", "leave.py:2: error: SystemExit: bye"),
    "evil.py": ("raise ValueError('\\x1b[31m[b]')\n", "evil.py:1: error: ValueError: [31m[b]"),
    "empty.py": ("", "empty.py: error: there is no function f"),
    "bytes.py": (b"\x00\xff", "bytes.py: error: not Python 3: source code string cannot contain null bytes"),
}


def test_files_that_cannot_be_run(complaints, written):
    for name, (content, _) in FILES.items():
        written(name, content)
    expected = {(f"{name}:f",): said for name, (_, said) in FILES.items()}
    assert complaints(expected) == expected


@pytest.mark.parametrize("target", ["missing.py:f", "folder.py:f"])
def test_file_that_is_not_there(complaint, tmp_path, target):
    (tmp_path / "folder.py").mkdir()
    assert complaint(target) == f"{target[:-2]}: error: there is no such Python file"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--size", "K=3"], "there is no size K"),
        (["--size", "N=900000,D=900000"], "elements"),
        (["--from", "xhta"], "--from: there is no node xhta (did you mean xhat?)"),
    ],
)
def test_options_that_do_not_fit_a_function(complaint, written, arguments, said):
    written("my_bn.py", COURSE)
    assert said in complaint("my_bn.py:batchnorm_forward", *arguments)
