"""The lessons that ship: what each one has, that it is proven right, and that a slip in it would be found."""

import ast
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bn_tutor.course import lint as linting
from bn_tutor.course import verifying
from bn_tutor.course.codes import Code
from bn_tutor.course.evaluation import environment, evaluate
from bn_tutor.course.lint import lint
from bn_tutor.course.loading import load, names_of, record, sizes_of, upstreams_of
from bn_tutor.course.parsing import LONGEST_LINE, names_in
from bn_tutor.course.problem import SlipError
from bn_tutor.course.variants import variants
from bn_tutor.course.verifying import verify
from bn_tutor.engine.replay import replay

FOLDER = Path(__file__).resolve().parents[2] / "lessons"
CURRICULUM = {
    *("gates", "linear", "softmax-cross-entropy", "dropout"),
    *("batchnorm", "batchnorm-closed-form", "batchnorm-inference", "batchnorm2d"),
    *("layernorm", "instancenorm", "groupnorm", "rmsnorm"),
    *("batch-renorm", "cross-iteration-bn", "sync-bn"),
    *("bias-before-bn", "mlp-with-bn"),
}
NAMES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem.upper() != "README")
every_lesson = pytest.mark.parametrize("name", NAMES)


def path_of(name):
    return FOLDER / f"{name}.md"


@cache
def lesson_of(name):
    return load(path_of(name))


# --- what a lesson has ------------------------------------------------------------------------------------


def test_the_lessons_are_those_of_the_curriculum():
    assert set(NAMES) == CURRICULUM and len(CURRICULUM) == 17


@every_lesson
def test_lesson_is_proven_right(name):
    assert lint(path_of(name)) == ()


@every_lesson
def test_lesson_says_what_it_is_in_a_line(name):
    lesson = lesson_of(name)
    assert 0 < len(lesson.summary) <= 70
    assert lesson.title and lesson.title != name
    assert lesson.opening
    assert lesson.references and all(lesson.references)


@every_lesson
def test_lesson_has_mistakes_and_questions(name):
    whole = lesson_of(name).everything
    assert len(whole.mistakes) >= 2
    assert len(whole.questions) >= 3
    assert len({question.kind for question in whole.questions}) >= 2
    assert all(question.why for question in whole.questions)


@every_lesson
def test_every_variant_has_an_answer(name):
    for variant in variants(lesson_of(name)):
        assert variant.backward, variant.choices


@every_lesson
def test_every_node_has_prose_both_ways_in_every_variant(name):
    for variant in variants(lesson_of(name)):
        graph = record(variant).graph
        for node in [line.name for line in variant.graph]:
            section = variant.sections.get(node)
            assert section is not None and section.forward, (variant.choices, node)
            assert section.backward or node not in graph.arrivals, (variant.choices, node)


@every_lesson
def test_every_input_has_prose(name):
    shown = [variant.sections for variant in variants(lesson_of(name))]
    for row in lesson_of(name).inputs:
        assert all(row.name in sections and sections[row.name].forward for sections in shown), row.name
        assert row.constant or any(sections[row.name].backward for sections in shown), row.name


@every_lesson
def test_lesson_is_proven_with_sizes_of_which_no_two_are_alike(name, monkeypatch):
    seen = []

    def watched(variant, *, sizes, seed):
        seen.append({**variant.sizes, **sizes})
        return ()

    monkeypatch.setattr(linting, "verify", watched)
    lint(path_of(name))
    assert max(lesson_of(name).sizes.values()) <= 8
    assert any(len(set(sizes.values())) == len(sizes) for sizes in seen)


@every_lesson
def test_required_lessons_are_shipped(name):
    assert set(lesson_of(name).requires) <= set(NAMES) - {name}


# --- slips in a line of the answer ------------------------------------------------------------------------

MOST_OF_A_KIND = 2


@dataclass(frozen=True)
class Data:
    """One run of a variant: what is right, by name."""

    sizes: dict
    seed: int
    values: dict
    names: dict


def edits(text, gradients):
    """Return other texts for a formula, each with one operator, operand or number changed, by kind."""
    makers = (_other_sign, _without_sum, _other_order, _other_name, _other_number)
    found = {f"-({text})": "sign"}
    for maker in makers:
        for edit in list(_edited(text, maker, gradients))[:MOST_OF_A_KIND]:
            found.setdefault(edit, maker.__name__.strip("_"))
    return {edit: kind for edit, kind in found.items() if edit != text and len(edit) <= LONGEST_LINE}


def _edited(text, maker, gradients):
    """Yield the text with one place of its tree changed, for each place that can be."""
    count = sum(1 for _ in ast.walk(ast.parse(text, mode="eval")))
    for place in range(count):
        tree = ast.parse(text, mode="eval")
        node = list(ast.walk(tree))[place]
        changed = maker(node, gradients)
        if changed is not None:
            yield ast.unparse(_Replacing(node, changed).visit(tree))


class _Replacing(ast.NodeTransformer):
    def __init__(self, old, new):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else super().generic_visit(node)


_SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def _other_sign(node, gradients):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return node.operand
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return ast.BinOp(node.left, _SIGNS[type(node.op)](), node.right)
    return None


def _without_sum(node, gradients):
    is_sum = isinstance(node, ast.Call) and node.func.id in (
        "sum",
        "mean",
        "max",
        "broadcast_to",
        "transpose",
    )
    return node.args[0] if is_sum else None


def _other_order(node, gradients):
    swapped = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult)
    return ast.BinOp(node.right, node.op, node.left) if swapped else None


def _other_name(node, gradients):
    """Put the next value of the same shape in the place of one."""
    if not isinstance(node, ast.Name) or node.id not in gradients:
        return None
    alike = [name for name, value in gradients.items() if value.shape == gradients[node.id].shape]
    other = alike[(alike.index(node.id) + 1) % len(alike)]
    return None if other == node.id else ast.Name(other)


def _other_number(node, gradients):
    is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return ast.Constant(node.value + 1) if is_number else None


def data_of(variant):
    """Return a run on the lesson's own data, and one on others, as lint makes them."""
    other = {name: 2 * size for name, size in variant.sizes.items()}
    return [run for sizes, seed in (({}, 0), (other, 1)) if (run := _run(variant, sizes, seed)) is not None]


def _run(variant, sizes, seed):
    try:
        recording = record(variant, sizes=sizes, seed=seed)
    except ValueError:  # an array of the lesson's own has no other size
        return None
    values = environment(recording, tuple(replay(recording, upstreams_of(recording, seed))))
    return Data(sizes, seed, values, names_of(variant, sizes_of(variant, sizes, {})))


def is_changed(line, edit, data, known):
    """Whether an edit makes another value of a line, or none at all; decided by computing both."""
    values = {**known, **data.values}
    right = evaluate(line.text, values, data.names)
    try:
        value = evaluate(edit, values, data.names)
    except SlipError:
        return True
    if value.shape != right.shape:
        return True
    scale = max(np.max(np.abs(right), initial=0.0), 1.0)
    error = np.max(np.abs(value - right), initial=0.0) / scale
    return not error <= verifying.TOLERANCE


def helpers_of(lines, data):
    """Return the values of lines that are no gradients, such as those that later lines use."""
    known = {}
    for line in lines:
        if line.name not in data.values:
            known[line.name] = evaluate(line.text, {**known, **data.values}, data.names)
    return known


def lines_where_it_may_show(lines, line, data):
    """Return the line itself; for a helper, which nothing proves by itself, those that use it."""
    if line.name in data.values:
        return {line.line}
    below = lines[lines.index(line) + 1 :]
    users = [each for each in below if line.name in names_in(each.text)]
    return {line.line} | {place for user in users for place in lines_where_it_may_show(lines, user, data)}


def bare(variant):
    """Leave the answer alone of a lesson, so that a thousand slips are judged in seconds."""
    return replace(variant, derivations=(), mistakes=(), questions=(), written=())


def judged(variant, block, line, edit, data):
    """Return the lines at which verify finds something where one line of a block is edited."""
    lines = tuple(replace(each, text=edit) if each is line else each for each in getattr(variant, block))
    found = verify(replace(bare(variant), **{block: lines}), sizes=data.sizes, seed=data.seed)
    return {problem.line for problem in found}


def slips(name):
    """Yield every edit that changes something: the variant, block, line, edit and data that show it."""
    seen = set()
    for variant in variants(lesson_of(name)):
        runs = data_of(variant)
        for block in ("backward", "closed"):
            lines = getattr(variant, block)
            helpers = [helpers_of(lines, data) for data in runs]
            for line in lines:
                if line.line in seen:
                    continue
                seen.add(line.line)
                for edit, kind in edits(line.text, runs[0].values).items():
                    pairs = zip(runs, helpers, strict=True)
                    data = next((each for each, known in pairs if is_changed(line, edit, each, known)), None)
                    yield variant, block, line, edit, kind, data


@pytest.fixture
def quick(monkeypatch):
    """Leave out the proof of local gradients: they are those of the right graph, whatever a line says."""
    monkeypatch.setattr(verifying, "prove", lambda recording: ())


@every_lesson
def test_slip_in_any_line_of_the_answer_is_found_there(name, quick):
    counts = {}
    for variant, block, line, edit, kind, data in slips(name):
        if data is None:
            counts["nothing"] = counts.get("nothing", 0) + 1
            continue
        lines = getattr(variant, block)
        found = judged(variant, block, line, edit, data)
        assert found & lines_where_it_may_show(lines, line, data), (line.name, line.text, edit)
        if line.name in data.values:
            assert found == {line.line}, (line.name, edit)
        counts[kind] = counts.get(kind, 0) + 1
    wrong = sum(count for kind, count in counts.items() if kind != "nothing")
    whole = lesson_of(name).everything
    assert wrong >= 2 * len({line.line for line in (*whole.backward, *whole.closed)})
    assert counts.get("nothing", 0) <= wrong / 3


@every_lesson
def test_slip_is_found_by_lint_in_the_file_itself(name, tmp_path):
    text = path_of(name).read_text(encoding="utf-8")
    line = lesson_of(name).backward[-1]
    lines = text.split("\n")
    lines[line.line - 1] = f"{line.name} = -({line.text})"
    path = tmp_path / f"{name}.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = [problem for problem in lint(path) if problem.line == line.line]
    assert [(problem.code, problem.severity) for problem in found] == [(Code.WRONG_GRADIENT, "error")]


@every_lesson
def test_slip_in_a_derivation_is_found(name):
    lesson = lesson_of(name)
    for derivation in lesson.derivations:
        line = derivation.lines[-1]
        wrong = replace(line, text=f"({line.text}) * 1.000001 + 1e-6")
        edited = replace(derivation, lines=(*derivation.lines[:-1], wrong))
        found = verify(replace(bare(lesson), derivations=(edited,)))
        assert {(problem.line, problem.code) for problem in found} == {(line.line, Code.BROKEN_CHAIN)}


@every_lesson
def test_mistake_that_repairs_itself_is_found(name):
    """Each of the lesson's mistakes, with the right line in place of the wrong one, shows no longer."""
    lesson = lesson_of(name)
    right = {line.name: line.text for line in (*lesson.graph, *lesson.backward)}
    for mistake in lesson.mistakes:
        changes = tuple(replace(line, text=right[line.name]) for line in mistake.changes)
        found = verify(replace(bare(lesson), mistakes=(replace(mistake, changes=changes),)))
        assert [problem.code for problem in found] == [Code.HIDDEN_MISTAKE]


@every_lesson
def test_question_that_takes_a_wrong_answer_or_another_key_is_found(name):
    lesson = lesson_of(name)
    for question in lesson.questions:
        found = verify(replace(bare(lesson), questions=(replace(question, wrong=(question.key,)),)))
        assert [problem.code for problem in found] == [Code.ACCEPTED_OPTION]
        if question.equals is not None:
            key = replace(question.key, text=f"({question.key.text}) + 1e-6")
            found = verify(replace(bare(lesson), questions=(replace(question, key=key, wrong=()),)))
            assert [problem.code for problem in found] == [Code.REJECTED_KEY]
