"""The corpus of the checker is what it says: right files are right, wild ones wrong where their table says.

Nothing here uses bn_tutor. What is right comes from the definition of normalization alone and from a complex
step, x + 1e-30 i, in every number of its inputs, with a random upstream gradient.
"""

import ast
import importlib.util
import inspect
import sys
import tomllib
import types
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
RIGHT = {file.stem: file for file in sorted((HERE / "right").glob("*.py"))}
WILD = {file.stem: file for file in sorted((HERE / "wild").glob("*.py"))}
TABLES = tomllib.loads((HERE / "wild.toml").read_text(encoding="utf-8"))

# Modules of courses, which a learner's file imports but does not need.
COURSE_MODULES = ("cs231n", "cs231n.fast_layers")
HARD_EPS = {"fixed_eps": 1e-8}
TOLERANCES = {"float32_inside": 1e-4}
TOLERANCE = 1e-8
GRADIENTS = ("dx", "dgamma", "dbeta")
KINDS = ("batchnorm", "layernorm", "spatial_batchnorm", "spatial_groupnorm", "dropout")
MATRICES = ((5, 3), (4, 7), (9, 2))
IMAGES = ((3, 4, 2, 3), (2, 6, 3, 1))
SHAPES = {kind: IMAGES if kind.startswith("spatial") else MATRICES for kind in KINDS}
AXES = {"batchnorm": (0,), "layernorm": (1,), "spatial_batchnorm": (0, 2, 3), "spatial_groupnorm": (2, 3, 4)}
GROUPS = 2
MOMENTUM = 0.7


class NotRightError(AssertionError):
    """What a learner's file computes differs from what is right."""


# --- what is right ----------------------------------------------------------------------------------------


def normalized(x, kind, eps):
    grouped = x.reshape(len(x), GROUPS, -1, *x.shape[2:]) if kind == "spatial_groupnorm" else x
    centered = grouped - grouped.mean(axis=AXES[kind], keepdims=True)
    variance = (centered * centered).mean(axis=AXES[kind], keepdims=True)
    return (centered / np.sqrt(variance + eps)).reshape(x.shape)


def by_channel(values, x):
    return values.reshape(1, -1, *[1] * (x.ndim - 2))


def right_out(x, gamma, beta, kind, eps):
    return by_channel(gamma, x) * normalized(x, kind, eps) + by_channel(beta, x)


def slope(function, at, upstream):
    gradient = np.zeros(at.shape)
    for index in np.ndindex(*at.shape):
        moved = at.astype(complex)
        moved[index] += 1e-30j
        gradient[index] = np.sum(upstream * function(moved)).imag / 1e-30
    return gradient


@cache
def inputs(kind, shape):
    """Return x, gamma, beta and an upstream gradient, with every feature on a scale of its own."""
    draw = np.random.default_rng([*shape, KINDS.index(kind)])
    channels = shape[1]
    scale = by_channel(draw.uniform(0.5, 3, channels), np.empty(shape))
    x = draw.normal(size=shape) * scale + draw.uniform(-4, 4)
    return x, draw.uniform(0.5, 2, channels), draw.normal(size=channels), draw.normal(size=shape)


@cache
def right_answers(kind, shape, eps):
    x, gamma, beta, upstream = inputs(kind, shape)
    formula = partial(right_out, kind=kind, eps=eps)
    return {
        "out": formula(x, gamma, beta),
        "dx": slope(lambda moved: formula(moved, gamma, beta), x, upstream),
        "dgamma": slope(lambda moved: formula(x, moved, beta), gamma, upstream),
        "dbeta": slope(lambda moved: formula(x, gamma, moved), beta, upstream),
    }


def compare(name, got, expected, tolerance):
    """Raise NotRightError unless the values agree, in shapes that differ by axes of length one at most."""
    if got is None:
        raise TypeError(f"{name} is not written")
    got = np.asarray(got, dtype=float)
    if [n for n in got.shape if n > 1] != [n for n in expected.shape if n > 1]:
        raise NotRightError(f"{name}: shape {got.shape} for {expected.shape}")
    error = np.abs(got.reshape(expected.shape) - expected).max() / max(1.0, np.abs(expected).max())
    if not error <= tolerance:
        raise NotRightError(f"{name}: off by {error:.1e}")


# --- reading and running a learner's file -----------------------------------------------------------------


class _Anything(types.ModuleType):
    """A course's module that is not there: every name in it is a function that must not be called."""

    __all__ = ("conv_forward_fast", "conv_backward_fast")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_: pytest.fail(f"{name} of a missing module is called")


@contextmanager
def stubbed(package):
    names = (*COURSE_MODULES, f"{package}.fast_layers")
    folder = types.ModuleType(package)
    folder.__path__ = []
    sys.modules.update({name: _Anything(name) for name in names} | {package: folder})
    try:
        yield
    finally:
        for name in [*names, package]:
            del sys.modules[name]


def load(file):
    package = f"corpus_{file.parent.name}"
    spec = importlib.util.spec_from_file_location(f"{package}.{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    # No compiled file is left beside the learner's.
    with stubbed(package), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "dont_write_bytecode", True)
        # Dataclasses look their module up by name.
        sys.modules[spec.name] = module
        try:
            spec.loader.exec_module(module)
        finally:
            del sys.modules[spec.name]
    return module


def pairs_in(module):
    """Return the kinds of layers whose functions, forward and backward, the module has."""
    names = vars(module)
    return [kind for kind in KINDS if {f"{kind}_forward", f"{kind}_backward"} <= names.keys()]


def classes_in(module):
    return [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and {"forward", "backward"} <= vars(value).keys()
    ]


def takes_plain_eps(forward):
    parameters = list(inspect.signature(forward).parameters)
    return len(parameters) > 3 and parameters[3].lower() in ("eps", "epsilon")


def call(module, kind, arrays, param):
    forward = getattr(module, f"{kind}_forward")
    x, gamma, beta = (array.copy() for array in arrays)
    if kind == "spatial_groupnorm":
        return forward(x, by_channel(gamma, x), by_channel(beta, x), GROUPS, param)
    return forward(x, gamma, beta, param["eps"] if takes_plain_eps(forward) else param)


def check_normalization(module, kind, stem):
    """Compare one pair with what is right, on several batches and with two eps."""
    tolerance = TOLERANCES.get(stem, TOLERANCE)
    for shape in SHAPES[kind]:
        for eps in (1e-5, 0.5):
            expected = right_answers(kind, shape, HARD_EPS.get(stem, eps))
            *arrays, upstream = inputs(kind, shape)
            out, kept = call(module, kind, arrays, {"mode": "train", "eps": eps})
            compare("out", out, expected["out"], tolerance)
            for ending in ("backward", "backward_alt"):
                backward = getattr(module, f"{kind}_{ending}", None)
                if backward is not None:
                    for name, got in zip(GRADIENTS, backward(upstream.copy(), kept), strict=True):
                        compare(f"{name} of {ending}", got, expected[name], tolerance)


def running_after(kind, batches, momentum):
    """Return the running mean and variance after some batches, from zero."""
    averages = [0.0, 0.0]
    for x in batches:
        fresh = (x.mean(axis=AXES[kind]), x.var(axis=AXES[kind]))
        averages = [momentum * old + (1 - momentum) * new for old, new in zip(averages, fresh, strict=True)]
    return averages


def check_test_mode(module, kind, stem):
    """Train on two batches, then compare the averages and what test mode makes of them."""
    eps, shape = 0.3, SHAPES[kind][0]
    x, gamma, beta, upstream = inputs(kind, shape)
    param = {"mode": "train", "eps": eps, "momentum": MOMENTUM}
    for batch in (x, upstream):
        call(module, kind, (batch, gamma, beta), param)
    mean, variance = running_after(kind, (x, upstream), MOMENTUM)
    compare("running_mean", param["running_mean"], mean, TOLERANCE)
    compare("running_var", param["running_var"], variance, TOLERANCE)
    param["mode"] = "test"
    out, _ = call(module, kind, (x, gamma, beta), param)
    scaled = (x - by_channel(mean, x)) / np.sqrt(by_channel(variance, x) + eps)
    compare("test mode", out, by_channel(gamma, x) * scaled + by_channel(beta, x), TOLERANCE)


def check_dropout(module):
    """Compare with inverted dropout, p being the probability to keep or to drop."""
    draw = np.random.default_rng(3)
    x, upstream = draw.uniform(1, 2, size=(2, 70, 40))
    for p in (0.3, 0.8):
        forward, backward = module.dropout_forward, module.dropout_backward
        out, kept = forward(x.copy(), {"mode": "train", "p": p, "seed": 5})
        mask = np.asarray(out) / x
        if abs((mask > 0).mean() - p) > abs((mask > 0).mean() - (1 - p)):
            p = 1 - p
        compare("kept", (mask > 0).mean(), np.array(p), 0.05)
        compare("scale", mask[mask > 0], np.full((mask > 0).sum(), 1 / p), TOLERANCE)
        compare("dx", backward(upstream.copy(), kept), upstream * mask, TOLERANCE)
        out, kept = forward(x.copy(), {"mode": "test", "p": p, "seed": 5})
        compare("test mode", out, x, TOLERANCE)
        compare("dx in test mode", backward(upstream.copy(), kept), upstream, TOLERANCE)


def check_class(made):
    kind = "layernorm" if "layer" in made.__name__.lower().removesuffix("layer") else "batchnorm"
    for shape in SHAPES[kind]:
        x, gamma, beta, upstream = inputs(kind, shape)
        known = {"gamma": gamma.copy(), "beta": beta.copy(), "eps": 0.1}
        takes = inspect.signature(made).parameters
        layer = made(**{name: value for name, value in known.items() if name in takes})
        for name in known.keys() - takes.keys():
            setattr(layer, name, known[name])
        expected = right_answers(kind, shape, 0.1)
        compare("out", layer.forward(x.copy()), expected["out"], TOLERANCE)
        got = layer.backward(upstream.copy())
        got = got if isinstance(got, tuple) else (got, layer.dgamma, layer.dbeta)
        for name, value in zip(GRADIENTS, got, strict=True):
            compare(name, value, expected[name], TOLERANCE)
        if hasattr(layer, "running_mean"):
            mean, variance = running_after(kind, [x], layer.momentum)
            expected = gamma * (x - mean) / np.sqrt(variance + 0.1) + beta
            compare("test mode", layer.forward(x, False), expected, TOLERANCE)


def check(file):
    """Raise NotRightError, or what the file itself raises, unless everything in it is right."""
    source = file.read_text(encoding="utf-8")
    module = load(file)
    kinds, classes = pairs_in(module), classes_in(module)
    if not kinds and not classes:
        raise NotRightError("nothing to check")
    with np.errstate(all="ignore"):
        for kind in kinds:
            if kind == "dropout":
                check_dropout(module)
                continue
            check_normalization(module, kind, file.stem)
            if "running_mean" in source and kind in ("batchnorm", "spatial_batchnorm"):
                check_test_mode(module, kind, file.stem)
        for made in classes:
            check_class(made)
    return [*kinds, *(made.__name__ for made in classes)]


# --- right files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", RIGHT)
def test_a_right_file_is_right(stem):
    assert check(RIGHT[stem])


def test_right_files_are_many_and_of_every_kind():
    sources = {stem: file.read_text(encoding="utf-8") for stem, file in RIGHT.items()}
    assert len(RIGHT) >= 40
    for kind in KINDS:
        assert sum(f"def {kind}_backward(" in source for source in sources.values()) >= 4
    assert sum("running_mean" in source for source in sources.values()) >= 6
    assert sum("def forward(self" in source for source in sources.values()) >= 4


@pytest.mark.parametrize("stem", RIGHT)
def test_a_right_file_begins_by_telling_its_style(stem):
    first = RIGHT[stem].read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith('"""') and first.endswith('."""')


FAULTS = (
    ("staged_course", "dmu = -1 * np.sum(", "dmu = -0.9 * np.sum(", "dx"),
    ("staged_course", "running_var + eps", "running_var", "test mode"),
    ("mode_and_running", "running_mean *= momentum", "running_mean *= 1", "running_mean"),
    ("closed_form", "- xhat * dgamma)", "- xhat)", "dx of backward_alt"),
    ("groupnorm_loops", "dbeta[0, c, 0, 0] = dout[:, c]", "dbeta[0, c, 0, 0] = dout[0, c]", "dbeta"),
    ("keepdims_everywhere", "dgamma = np.sum(dout * xhat,", "dgamma = np.sum(dout * x,", "dgamma"),
    ("dropout_drop", "/ (1.0 - p)", "/ p", "scale"),
    ("dropout_keep", "rand(", "randn(", "kept"),
    ("class_layernorm", "+ self.eps)", "+ 0.2)", "out"),
    ("class_running", "(1 - self.momentum)", "self.momentum", "test mode"),
)


@pytest.mark.parametrize(("stem", "right", "wrong", "name"), FAULTS)
def test_a_planted_fault_is_found(tmp_path, stem, right, wrong, name):
    source = RIGHT[stem].read_text(encoding="utf-8")
    assert right in source
    file = tmp_path / f"{stem}.py"
    file.write_text(source.replace(right, wrong), encoding="utf-8")
    with pytest.raises(NotRightError, match=name):
        check(file)


# --- wild files -------------------------------------------------------------------------------------------


def repaired(table, tmp_path, stem, *keys):
    """Write a wild file again, with some of its wrong lines made right."""
    lines = WILD[stem].read_text(encoding="utf-8").splitlines()
    for key in keys:
        for number, text in table.get(key, ()):
            old = lines[number - 1]
            assert old.strip() != text
            lines[number - 1] = old[: len(old) - len(old.lstrip())] + text
    file = tmp_path / f"{stem}.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def spans(source):
    """Return the first and last lines of every function, a method being named Class.method."""
    found = {}
    for node in ast.parse(source).body:
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for part in node.body if prefix else [node]:
            if isinstance(part, ast.FunctionDef):
                found[prefix + part.name] = (part.lineno, part.end_lineno)
    return found


def test_every_wild_file_has_its_table():
    assert TABLES.keys() == WILD.keys()
    assert len(WILD) >= 40
    assert sum(table["count"] == 2 for table in TABLES.values()) >= 8
    assert sum(table["verdict"] == "error" for table in TABLES.values()) >= 6


@pytest.mark.parametrize("stem", WILD)
def test_a_wild_file_is_wrong(stem):
    """A wrong one gives other values; one with an error raises, or gives nothing."""
    wrong = (
        NotRightError
        if TABLES[stem]["verdict"] == "wrong"
        else (NameError, TypeError, ValueError, NotImplementedError)
    )
    with pytest.raises(wrong):
        check(WILD[stem])


@pytest.mark.parametrize("stem", WILD)
def test_the_lines_are_inside_its_functions(stem):
    table, source = TABLES[stem], WILD[stem].read_text(encoding="utf-8")
    inside, lines = spans(source), source.splitlines()
    for mistake in ("", "second_") if table["count"] == 2 else ("",):
        first, last = inside[table[f"{mistake}function"]]
        assert any(first <= line <= last for line in table[f"{mistake}lines"])
        for line in table[f"{mistake}lines"]:
            assert any(start <= line <= end for start, end in inside.values())
            assert lines[line - 1].split("#")[0].strip()
        assert table[f"{mistake}words"] == [word.lower() for word in table[f"{mistake}words"]]


@pytest.mark.parametrize("stem", [stem for stem, table in TABLES.items() if "repair" in table])
def test_a_repaired_file_is_right(tmp_path, stem):
    """The lines of the table are all that is wrong: with them made right, nothing else is."""
    assert check(repaired(TABLES[stem], tmp_path, stem, "repair", "second_repair"))


@pytest.mark.parametrize("stem", [stem for stem, table in TABLES.items() if table["count"] == 2])
@pytest.mark.parametrize("key", ["repair", "second_repair"])
def test_each_of_two_mistakes_matters(tmp_path, stem, key):
    with pytest.raises(NotRightError):
        check(repaired(TABLES[stem], tmp_path, stem, key))


def test_only_what_is_unwritten_has_no_repair():
    without = {stem for stem, table in TABLES.items() if "repair" not in table}
    assert without == {"nothing_written", "raises_not_implemented"}
