"""The seeded mistakes: reproducible, really wrong, and at the lines that are said."""

import ast
import difflib
from dataclasses import replace
from random import Random

import numpy as np
import pytest
import seeding
from seed_calls import load, observed, silenced
from seed_exam import exam, examine
from seed_names import slips
from seed_text import Slip, Source, changed, lines_of
from seed_truth import cases, right_values

KINDS = ("batchnorm", "layernorm", "spatial_batchnorm", "spatial_groupnorm")
SEED = 11
STEP = 1e-6
LEARNED = '''"""A docstring."""
import numpy as np
from .layers import *


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    mu, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    xhat = (
        x - mu
    ) / std
    print("µ", mu)
    unused = gamma + beta
    return gamma * xhat + beta, (xhat, std, gamma)


def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    N = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (N * std) * (N * dout - dbeta - xhat * dgamma)
    dx += 0
    return dx, dgamma, dbeta
'''
RIGHT_MASK = """import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, None
    np.random.seed(dropout_param["seed"])
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout if cache is None else dout * cache
"""


@pytest.fixture(scope="module")
def corpus():
    return seeding.corpus(SEED, 1)


@pytest.fixture(scope="module")
def bed():
    return seeding.Bed("learned.py", Source(LEARNED), exam(LEARNED))


def slip(old, new, text=LEARNED):
    """The slip that writes the new text for the old, which stands there once."""
    assert text.count(old) == 1
    start = len(text[: text.index(old)].encode())
    return Slip("planted", text[: text.index(old)].count("\n") + 1, start, start + len(old.encode()), new)


# --- the right values -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_gradients_are_those_of_numeric_differences(kind):
    for case in cases(kind):
        right = right_values(case, None, {})["backward"]
        for name, field in (("dx", "x"), ("dgamma", "gamma"), ("dbeta", "beta")):
            limit = 1e-4 * scale(right[name])
            assert np.allclose(differences(case, field), right[name], rtol=0, atol=limit)


def scale(values):
    return np.abs(values).max()


def differences(case, field):
    """The gradient of the upstream-weighted sum of what forward gives, one value at a time."""
    found = np.zeros_like(getattr(case, field))
    for place in np.ndindex(found.shape):
        step = STEP * scale(getattr(case, field))
        ends = [weighted(case, field, place, sign * step) for sign in (1, -1)]
        found[place] = (ends[0] - ends[1]) / (2 * step)
    return found


def weighted(case, field, place, step):
    moved = getattr(case, field).copy()
    moved[place] += step
    out = right_values(replace(case, **{field: moved}), None, {})["forward"]["out"]
    return float((out * case.upstream).sum())


@pytest.mark.parametrize("kind", (*KINDS, "dropout"))
def test_no_batch_hides_a_mistake(kind):
    batches = cases(kind)
    assert all(batch.x.shape[0] != batch.x.shape[1] for batch in batches)
    assert all(np.std(batch.upstream) > 0.5 for batch in batches)
    assert kind == "dropout" or {batch.eps for batch in batches} == {1e-5, 0.5}


# --- the corpus -------------------------------------------------------------------------------------------


@pytest.fixture
def few(tmp_path):
    """A folder with some of the files."""
    for path in sorted(seeding.RIGHT.glob("*.py"))[::12]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_the_same_seed_gives_the_same_corpus(few):
    assert seeding.corpus(SEED, 3, few) == seeding.corpus(SEED, 3, few)


def test_another_seed_gives_another_corpus(few):
    found = [{each.source for each in seeding.corpus(seed, 3, few)} for seed in (1, 2)]
    assert found[0] != found[1]


def test_every_file_has_its_mistakes_and_none_has_more_than_its_share(corpus):
    for path in seeding.RIGHT.glob("*.py"):
        numbers = [len(each.lines) for each in corpus if each.file == path.name]
        assert numbers.count(1) == 1, path.name
        assert numbers.count(2) <= 1, path.name


def test_there_are_many_kinds_and_none_is_most_of_them(corpus):
    kinds = [kind for each in corpus if len(each.kinds) == 1 for kind in each.kinds]
    assert len(set(kinds)) >= 20
    assert max(kinds.count(kind) for kind in kinds) <= len(kinds) / 8


def test_every_seeded_function_gives_other_values_than_the_right_one_on_other_data(corpus):
    for each in corpus:
        right = (seeding.RIGHT / each.file).read_text(encoding="utf-8")
        with silenced():
            pairs = [pair for pair in exam(right).pairs if each.function in (pair.forward, pair.backward)]
            sights = [(seen_of(right, pair), seen_of(each.source, pair)) for pair in pairs]
        assert any(apart(*sight) for sight in sights), seeding.difference(each)


def seen_of(source, pair):
    """What a pair gives for batches that the proof has not seen."""
    module = load(source)
    return [observed(module, pair, fresh(case)) for case in cases(pair.kind)]


def fresh(case):
    rng = np.random.default_rng(77)
    drawn = {name: rng.normal(size=getattr(case, name).shape) for name in ("x", "upstream", "beta")}
    return replace(case, **drawn, gamma=rng.uniform(0.5, 2, case.gamma.shape))


def apart(one, other):
    """Whether a result is off by more than rounding; strings and the like count as off."""
    names = [(place, side, name) for place, seen in enumerate(one) for side in seen for name in seen[side]]
    return any(off(one[place][side][name], other[place][side].get(name)) for place, side, name in names)


def off(right, found):
    if isinstance(right, Exception):
        return False
    try:
        return not np.allclose(np.squeeze(right), np.squeeze(found), rtol=1e-6, atol=1e-9)
    except (TypeError, ValueError):
        return True


def test_the_lines_are_those_of_the_difference(corpus):
    for each in corpus:
        right = (seeding.RIGHT / each.file).read_text(encoding="utf-8")
        spans = [span(each.source, line) for line in each.lines]
        touched = touched_lines(right, each.source)
        assert len(set(each.lines)) == len(each.kinds) == len(spans)
        assert all(any(first <= line <= last for first, last in spans) for line in touched), each.lines
        assert all(any(first <= line <= last for line in touched) for first, last in spans), each.lines


def statements(source):
    """The first and the last line of every statement, without its body."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    heads = [node.iter if isinstance(node, ast.For) else node for node in nodes]
    return [(node.lineno, head.end_lineno) for node, head in zip(nodes, heads, strict=True)]


def span(source, line):
    return max(each for each in statements(source) if each[0] == line)


def touched_lines(before, after):
    """The lines of the later text that differ; where lines only went, the one before them."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    blocks = [(start, end) for word, _, _, start, end in matcher.get_opcodes() if word != "equal"]
    return [line for start, end in blocks for line in range(start + 1, max(end, start) + 1) or [start]]


def test_each_slip_of_a_pair_matters_by_itself_and_beside_the_other(corpus):
    doubles = [each for each in corpus if len(each.lines) == 2]
    assert len(doubles) > 20
    for each in doubles:
        right = (seeding.RIGHT / each.file).read_text(encoding="utf-8")
        given = exam(right)
        for number in (0, 1):
            alone, both = examine(given, one_undone(right, each, number)), examine(given, each.source)
            assert alone.wrong, seeding.difference(each)
            assert any(off(np.asarray(alone.seen[key]), both.seen[key]) for key in alone.seen)


def one_undone(right, each, number):
    """The source with one of its two changes undone."""
    number_there = [first for first, _ in statements(each.source)].index(each.lines[number])
    old_first, old_last = statements(right)[number_there]
    first, last = span(each.source, each.lines[number])
    before, after = right.splitlines(), each.source.splitlines()
    return "\n".join([*after[: first - 1], *before[old_first - 1 : old_last], *after[last:]])


# --- the proof --------------------------------------------------------------------------------------------

HARMLESS = {
    "the same in parentheses": ("dout.sum(axis=0)\n", "(dout).sum(axis=0)\n"),
    "nothing added": ("dx += 0", "dx -= 0"),
    "code that nobody needs": ("unused = gamma + beta", "unused = gamma - beta"),
    "another eps by default": ("1e-5", "1e-8"),
    "an axis kept": ("dout.sum(axis=0)\n", "dout.sum(axis=0, keepdims=True)\n"),
    "eps written out": ('bn_param.get("eps", 1e-5)', "1e-5"),
}


@pytest.mark.parametrize("planted", HARMLESS.values(), ids=HARMLESS)
def test_a_change_that_is_no_mistake_is_dropped(bed, planted):
    assert seeding.proved(bed, slip(*planted)) is None


HARMFUL = {
    "no eps": ("var + eps", "var"),
    "eps outside": ("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"),
    "an eps that only the root sees": ("var + eps", "var + 2 * eps"),
    "a sign": ("- xhat * dgamma", "+ xhat * dgamma"),
    "other statistics": ("x.var(axis=0)", "x.var(axis=0, ddof=1)"),
    "the wrong N": ("dout.shape[0]", "dout.shape[1]"),
    "not summed": ("dout.sum(axis=0)\n", "dout\n"),
}


@pytest.mark.parametrize("planted", HARMFUL.values(), ids=HARMFUL)
def test_a_mistake_is_proven(bed, planted):
    assert seeding.proved(bed, slip(*planted)) is not None


def test_what_raises_is_wanted_only_where_it_is_asked_for(bed):
    planted = slip("gamma / (N * std)", "gamma / (M * std)")
    assert seeding.proved(bed, planted) is None
    assert seeding.proved(replace(bed, crashing=True), planted) is not None


def test_a_slip_hidden_by_another_makes_no_pair(bed):
    hidden = seeding.proved(bed, slip("- xhat * dgamma", "+ xhat * dgamma"))
    hiding = seeding.proved(bed, slip("dx += 0", "dx = 0 * dout"))
    seen = seeding.proved(bed, slip("dout.shape[0]", "dout.shape[1]"))
    assert seeding.proved_together(bed, hidden, hiding) is None
    assert seeding.proved_together(bed, hidden, seen) is not None


def test_p_may_keep_or_drop_but_not_both():
    drops = RIGHT_MASK.replace("< p) / p", "> p) / (1 - p)")
    given = exam(RIGHT_MASK)
    assert given.parts and exam(drops).parts
    assert examine(given, drops).wrong == ()
    assert examine(given, RIGHT_MASK.replace("< p", "> p")).wrong == ("dropout_forward", "dropout_backward")
    assert examine(given, RIGHT_MASK.replace("rand(", "randn(")).wrong
    assert examine(given, RIGHT_MASK.replace("dout * cache", "dout * (cache != 0)")).wrong == (
        "dropout_backward",
    )


# --- the slips --------------------------------------------------------------------------------------------


def test_a_slip_leaves_every_other_byte_as_it_was():
    source = Source(LEARNED)
    found = slips(source, Random(1))
    assert len(found) > 80
    for each in found:
        text = changed(source, [each]).encode()
        assert text.startswith(source.data[: each.start])
        assert text.endswith(source.data[each.end :])


def test_no_slip_is_in_a_docstring_or_in_what_is_printed():
    lines = enumerate(LEARNED.splitlines(), 1)
    quiet = {number for number, line in lines if "print" in line or '"""' in line}
    assert not quiet & {each.line for each in slips(Source(LEARNED), Random(1))}


def test_lines_are_counted_in_the_changed_source():
    source = Source(LEARNED)
    shorter = slip("(\n        x - mu\n    ) / std", "(x - mu) * std")
    later = slip("dout.shape[0]", "dout.shape[1]")
    text = changed(source, [shorter, later]).splitlines()
    lines = lines_of(source, [later, shorter])
    assert [text[line - 1].strip() for line in lines] == ["xhat = (x - mu) * std", "N = dout.shape[1]"]


KINDS_OF_SLIPS = {
    "sum-missing": "dbeta = (dout * xhat).sum(axis=0), dout\n",
    "axis": "dout.sum(axis=1)",
    "mean-for-sum": "dout.mean(axis=0)",
    "sign": "N * dout - dbeta + xhat * dgamma",
    "root": "std = var + eps",
    "eps": "std = (np.sqrt(var) + eps)",
    "ddof": "x.var(axis=0, ddof=1)",
    "N": "dout.shape[1]",
    "gamma-missing": "return xhat + beta",
    "upstream-missing": "(N - dbeta",
    "statistics-constant": "(N * std) * (N * dout)\n",
    "parentheses": "gamma / N * std * (",
    "overwritten": "dx = 0",
    "return-order": "return dx, dbeta, dgamma",
    "unpack-order": "std, xhat, gamma = cache",
}


@pytest.mark.parametrize("kind", KINDS_OF_SLIPS)
def test_a_kind_is_what_it_is_called(kind):
    source = Source(LEARNED)
    texts = [changed(source, [each]) for each in slips(source, Random(1)) if each.kind == kind]
    assert any(KINDS_OF_SLIPS[kind] in text for text in texts)


def test_the_table_counts_them_all(corpus):
    last = seeding.table(corpus).splitlines()[-1].split()
    alone = sum(len(each.lines) == 1 for each in corpus)
    assert last == ["all", str(alone), str(2 * (len(corpus) - alone))]
