"""What lint runs a lesson on: seeds, sizes and choices."""

import pytest

from bn_tutor.course import lint as linting
from bn_tutor.course.lint import lint
from bn_tutor.course.places import shipped_folder
from bn_tutor.course.verifying import verify

from .layers import lesson, switched
from .lessons import written


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return a function: the text of a lesson -> (choices, sizes, seed) of every run that lint makes."""

    def made(text):
        seen = []

        def watched(variant, *, sizes, seed):
            seen.append((dict(variant.choices), dict(sizes), seed))
            return verify(variant, sizes=sizes, seed=seed)

        monkeypatch.setattr(linting, "verify", watched)
        assert [each for each in lint(written(tmp_path, text)) if each.severity == "error"] == []
        return seen

    return made


# --- right lessons, and the runs they are proven on -------------------------------------------------------


def test_right_lesson_has_no_problem(tmp_path):
    assert lint(written(tmp_path, lesson())) == ()


def test_lesson_is_run_with_two_seeds_and_other_sizes(runs):
    assert runs(lesson()) == [({}, {}, 0), ({}, {}, 1), ({}, {"N": 5, "D": 4}, 2)]


GROUPS = """\
```graph
parts = reshape(x, (N, G, C // G))
out = sum(parts * 2, axis=2)
```

```backward
dparts = broadcast_to(2 * reshape(dout, (N, G, 1)), (N, G, C // G))
dx = reshape(dparts, (N, C))
```
"""
WITHIN = 'x = { shape = ["N", "C"] }'


def test_sizes_are_doubled_where_one_divides_another(runs):
    text = lesson(GROUPS, WITHIN, "N = 3\nC = 6\nG = 2")
    assert [sizes for _, sizes, _ in runs(text)] == [{}, {}, {"N": 6, "C": 12, "G": 4}]


def test_other_sizes_are_never_alike_where_the_graph_takes_such(runs):
    text = lesson(GROUPS, WITHIN, "N = 2\nC = 6\nG = 2")
    ((*_, sizes, _),) = [run for run in runs(text) if run[1]]
    assert len(set(sizes.values())) == 3
    assert sizes["C"] % sizes["G"] == 0


def test_sizes_that_must_be_alike_stay_so(runs):
    body = "```graph\nout = x @ transpose(x) + w @ x\n```\n"  # N = D, or the sum does not fit
    text = lesson(body, 'x = { shape = ["N", "D"] }\nw = { shape = ["D", "N"] }', "N = 3\nD = 3")
    assert [sizes for _, sizes, _ in runs(text)] == [{}, {}, {"N": 4, "D": 4}]


FIXED = """\
```graph
out = x * table
```

```backward
dx = table * dout
dtable = {sum}
```
"""
TABLES = {
    "a row": ("[1.0, 2.0, 3.0]", "sum(x * dout, axis=0)", [{"N": 5}]),
    "a column": ("[[1.0], [2.0], [3.0], [4.0]]", "sum(x * dout, axis=1, keepdims=true)", [{"D": 4}]),
    "all": ("[[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3]]", "x * dout", []),
}


@pytest.mark.parametrize("case", TABLES)
def test_sizes_that_an_array_fixes_are_kept_and_others_changed(case, runs):
    values, gradient, other = TABLES[case]
    inputs = f'x = {{ shape = ["N", "D"] }}\ntable = {{ value = {values} }}'
    text = lesson(FIXED.format(sum=gradient), inputs)
    assert [sizes for _, sizes, _ in runs(text)] == [{}, {}, *other]


def test_file_beside_the_lesson_fixes_sizes_too(runs, tmp_path):
    (tmp_path / "table.csv").write_text("1,2,3\n", encoding="utf-8")
    inputs = 'x = { shape = ["N", "D"] }\ntable = { file = "table.csv", shape = ["D"] }'
    text = lesson(FIXED.format(sum="sum(x * dout, axis=0)"), inputs)
    assert [sizes for _, sizes, _ in runs(text)] == [{}, {}, {"N": 5}]


def test_other_sizes_are_none_that_would_take_long(runs):
    inputs = f"x = {{ shape = {['N'] * 13} }}"
    body = "```graph\nsq = x ** 2\nout = 2 * sq\n```\n```backward\ndx = 4 * x * dout\n```\n"
    assert [sizes for _, sizes, _ in runs(lesson(body, inputs, "N = 2"))] == [{}, {}]


def test_every_combination_of_choices_is_run(runs):
    made = runs(switched())
    other = {"N": 5, "D": 4}
    assert [(tuple(choices.values()), sizes, seed) for choices, sizes, seed in made] == [
        (("twice", "1"), {}, 0),
        (("twice", "1"), {}, 1),
        (("twice", "1"), other, 2),
        (("twice", "5"), {}, 0),
        (("twice", "5"), other, 2),
        (("thrice", "1"), {}, 0),
        (("thrice", "1"), other, 2),
        (("thrice", "5"), {}, 0),
        (("thrice", "5"), other, 2),
    ]


@pytest.mark.parametrize("name", ["batchnorm", "layernorm"])
def test_shipped_lesson_is_proven_on_other_data_too(name, monkeypatch):
    sizes = []

    def watched(variant, **options):
        sizes.append(options["sizes"])
        return verify(variant, **options)

    monkeypatch.setattr(linting, "verify", watched)
    assert lint(shipped_folder() / f"{name}.md") == ()
    assert any(sizes)
