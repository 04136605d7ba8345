"""A run of a lab as a picture: what is drawn, what is told instead, and that all of it has room."""

import re
from dataclasses import replace
from math import inf, nan
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bn_tutor.export.lab_svg import lab_svg
from bn_tutor.export.markers import SHAPES
from bn_tutor.export.svg_parts import NAMESPACE, Style, text_width, wrapped
from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.lab import Word, usual_sizes
from bn_tutor.labs.training import LOST
from tests.export.lab_pictures import (
    SVG,
    drawn,
    laid_out,
    lines_of,
    markers,
    numbers_in,
    of_class,
    outside,
    run_of,
    spots,
    tree_of,
    words,
)
from tests.labs.fake import LAB, all_larger, report, rows_of

LINE = [(0.01, 1.0), (0.1, 2.0), (1.0, 4.0)]
OTHER = [(0.01, 2.0), (0.1, 1.0), (1.0, 0.5)]


# --- the whole page ---------------------------------------------------------------------------------------


def test_a_page_has_all_that_a_slide_needs():
    text = " ".join(words(tree_of(all_larger())))
    told = [
        "fake: A lab for tests",
        LAB.question,
        "Data: no images",
        "Run: 20 runs, seeds 0 to 4, 1.2 s; rates 2",
        "2026-01-31, bn-tutor 0.1.0",
        "Gain by rate",
        "rate (logarithmic)",
        "with BN",
        "without BN",
        "“BN always makes it larger”",
        "BN makes it larger, in all 5 seeds.",
        "With BN it is 2.02 (2 to 2.04).",
        *LAB.papers,
    ]
    assert [each for each in told if each not in text] == []
    assert text.count(Word.HOLDS) == 2


def test_a_stopped_run_says_so():
    rows = [row for seed in range(3) for row in rows_of(seed)][:-1]
    text = " ".join(words(tree_of(report(rows, range(5), planned=20, is_quick=True))))
    assert "Run: 11 of 20 runs: stopped, seeds 0 to 4, 2 of them whole, 1.2 s, quick; rates 2" in text


@pytest.mark.parametrize("rows", [[], rows_of(0)[:2]])
def test_a_run_without_a_whole_seed_is_drawn_as_far_as_it_went(rows):
    tree = tree_of(report(rows, planned=20))
    assert len(markers(tree)) == len(rows)
    assert words(tree).count(Word.NOT_RUN) == 2


@pytest.mark.parametrize("name", LABS)
def test_every_lab_has_a_picture(name):
    lab = LABS[name]
    sizes = usual_sizes(lab, is_quick=True)
    cells = lab.cells(sizes)
    rows = [
        {**cell, "seed": seed, **{panel.value: 0.1 + at + seed / 9 for panel in lab.panels}}
        for seed in range(2)
        for at, cell in enumerate(cells)
    ]
    # Findings ask for more than panels do.
    made = report(rows, range(2), lab=replace(lab, findings=()), sizes=sizes)
    tree = tree_of(made)
    text = " ".join(words(tree))
    assert [panel.title for panel in lab.panels if panel.title not in text] == []
    assert outside(tree) == []
    assert markers(tree) or name == "exact"


def test_what_is_too_wide_would_be_seen():
    tree = tree_of(all_larger())
    next(each for each in tree.iter(f"{SVG}text") if each.text == LAB.question).set("x", "800")
    assert outside(tree) == [LAB.question]


def test_a_picture_asks_for_nothing():
    text = lab_svg(all_larger())
    assert re.findall(r"\w+://[^\"'<\s]*", text) == [NAMESPACE]
    assert not re.search(r"<script|href|url\(|@import|<style|<image", text)
    assert set(re.findall(r'font-family="([^"]*)"', text)) == {"sans-serif"}


HOSTILE = "<b>&\"'</text>\x1b[31m\x00\u202e\ud800\ufffe\ttwo\nlines"


def test_texts_are_escaped_and_steer_nothing():
    made = run_of({HOSTILE: LINE, "a" + HOSTILE: [("<i>&", 1.0), ("b", 2.0)]}, across="rate")
    lab = replace(made.lab, name=HOSTILE, title=HOSTILE, question=HOSTILE, papers=(HOSTILE,))
    lab = replace(lab, panels=(replace(lab.panels[0], title=HOSTILE),))
    text = lab_svg(replace(made, lab=lab, said=HOSTILE, version=HOSTILE))
    tree = ElementTree.fromstring(text)
    shown = "<b>&\"'</text>[31m two lines"
    assert sum(shown in each for each in words(tree)) >= 6
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800\ufffe]", text)
    assert outside(tree) == []


def test_long_texts_are_broken():
    long = "a name that goes on and on " * 8
    made = run_of({long: LINE, "x" * 300: OTHER}, value="gain")
    lab = replace(made.lab, title=long, question="q" * 500)
    tree = tree_of(replace(made, lab=lab))
    assert outside(tree) == []
    assert "".join(words(tree)).count("x") >= 300


@pytest.mark.parametrize("width", [1, 30, 100, 900])
def test_lines_are_no_wider_than_their_room(width):
    lines = wrapped("some words, an incomprehensibilityofwords and 漢字漢字漢字", width, Style(10))
    assert "".join(lines).replace(" ", "") == "somewords,anincomprehensibilityofwordsand漢字漢字漢字"
    assert all(text_width(line, Style(10)) <= width or len(line) == 1 for line in lines)


# --- charts -----------------------------------------------------------------------------------------------


def test_each_line_has_a_shape_and_a_colour_of_its_own():
    tree = drawn({f"line {at}": [(place, value + at) for place, value in LINE] for at in range(7)})
    assert markers(tree) == [shape for shape in SHAPES[:7] for _ in LINE]
    assert len({each.get("stroke") for each in of_class(tree, "line")}) == 7
    assert len(of_class(tree, "legend")) == 7


def test_more_lines_than_shapes_differ_in_colour():
    tree = drawn({f"line {at}": [(place, value + at) for place, value in LINE] for at in range(12)})
    looks = [
        (each.get("stroke"), shape) for each, shape in zip(lines_of(tree), markers(tree)[::3], strict=True)
    ]
    assert len(set(looks)) == 12


def test_a_line_has_the_same_sign_in_every_panel():
    made = run_of({"one": LINE, "two": OTHER})
    rows = [{**row, **({"more": 1.0} if row["norm"] == "two" else {})} for row in made.rows]
    panels = (*made.lab.panels, replace(made.lab.panels[0], value="more"))
    tree = tree_of(replace(made, rows=rows, lab=replace(made.lab, panels=panels)))
    assert markers(tree) == ["circle"] * 3 + ["triangle"] * 6


def test_each_shape_looks_different():
    tree = drawn({f"line {at}": [(1.0, at), (2.0, at)] for at in range(len(SHAPES))})
    keys = [each for item in of_class(tree, "legend") for each in of_class(item, "marker")]
    looks = {
        (each[-1].tag, each[-1].get("fill") == "#ffffff", shape_of(each[-1].get("d", ""))) for each in keys
    }
    assert len(looks) == len(SHAPES) == 9


def shape_of(data):
    """Return a path from its own beginning."""
    places = [float(each) for each in re.findall(r"-?[\d.]+", data)]
    return tuple(round(each - places[at % 2], 1) for at, each in enumerate(places)), data.count("M")


def test_the_legend_is_below_the_plot():
    tree = drawn({"one": LINE, "two": OTHER})
    feet = {text: foot for text, _, _, foot in laid_out(tree)}
    assert feet["rate"] < feet["one"] == feet["two"]


def test_a_band_goes_from_the_lowest_to_the_highest():
    low = drawn({"one": [(1.0, (2.0, 3.0, 7.0)), (2.0, (4.0, 5.0, 6.0))]}, seeds=3)
    ((band,),) = of_class(low, "band")
    corners = re.findall(r"([\d.]+) ([\d.]+)", band.get("d"))
    (line,) = lines_of(low)
    (_, first), (_, second) = re.findall(r"([\d.]+) ([\d.]+)", line.get("d"))
    lows, highs = [float(y) for _, y in corners[:2]], [float(y) for _, y in corners[:1:-1]]
    a_unit = (float(first) - float(second)) / 2
    assert [(low - float(first)) / a_unit for low in lows] == pytest.approx([1, -1], abs=0.01)
    assert [(float(first) - high) / a_unit for high in highs] == pytest.approx([4, 3], abs=0.01)


def test_axes_are_linear_or_logarithmic():
    points = [(1.0, 1.0), (10.0, 10.0), (100.0, 100.0)]
    for is_log in (False, True):
        tree = drawn({"one": points}, log_across=is_log, log_value=is_log)
        (x1, y1), (x2, y2), (x3, y3) = spots(tree)
        share = 0.5 if is_log else 9 / 99
        assert (x2 - x1) / (x3 - x1) == pytest.approx(share, abs=0.001)
        assert (y2 - y1) / (y3 - y1) == pytest.approx(share, abs=0.001)
        assert words(tree).count("rate (logarithmic)") == words(tree).count("gain (logarithmic)") == is_log
        assert ("20" in words(tree)) is not is_log or "5" in words(tree)


def test_ticks_are_round_and_in_the_panels_form():
    text = words(drawn({"one": [(0.0, 0.1), (1.0, 0.7)]}, form="{:.0%}"))
    assert {"20%", "40%", "60%", "0.2", "0.8"} <= set(text)
    narrow = words(drawn({"one": [(0.0, 0.951), (1.0, 0.958)]}, form="{:.0%}"))
    assert len({each for each in narrow if each.endswith("%")}) == len(
        [each for each in narrow if each.endswith("%")]
    )


def test_numbers_that_are_very_long_leave_room_for_the_plot():
    tree = drawn({"one": [(1.0, -1e99), (2.0, 0.0)]}, form="{:.2f}")
    assert "-8e+98" in words(tree)
    (x1, _), (x2, _) = spots(tree)
    assert x1 < 150 < 800 < x2


def test_a_narrow_scale_of_logarithms_has_ticks_too():
    text = words(drawn({"one": [(1.0, 0.0007), (2.0, 0.0015)]}, log_value=True))
    assert {"0.0008", "0.001", "0.0014"} <= set(text)


def test_lines_that_lie_on_each_other_are_dashed_each_in_its_way():
    tree = drawn({"one": LINE, "two": LINE, "three": OTHER, "four": LINE})
    one, two, three, four = [each.get("stroke-dasharray", "") for each in lines_of(tree)]
    assert one == three == ""
    assert "" != two != four != ""
    radii = [float(each.get("r")) for each in tree.iter(f"{SVG}circle")]
    assert min(radii[:3]) > radii[3] == 5  # those below others are larger than in the legend


def test_lines_that_only_meet_are_not_dashed():
    tree = drawn({"one": LINE, "two": [LINE[0], *OTHER[1:]]})
    assert [each.get("stroke-dasharray") for each in lines_of(tree)] == [None, None]


def test_what_is_lost_is_told_and_not_drawn():
    tree = drawn({"one": [*LINE, (2.0, LOST), (3.0, inf)], "two": [*OTHER, (2.0, 1e101), (3.0, nan)]})
    assert len(markers(tree)) == 6
    assert "lost: one at 2, 3; two at 2" in words(tree)
    assert not any("nan" in each or "inf" in each for each in words(tree))


def test_a_seed_that_is_lost_is_told_and_presses_nothing():
    tree = drawn({"one": [(1.0, (1.0, 2.0, 1e9)), (2.0, (1.0, 3.0, 50000.0))]}, seeds=3)
    assert "lost in some seeds: one at 1" in words(tree)
    assert "A range that reaches the edge of the plot goes on beyond it." in words(tree)
    (_, first), (_, second) = spots(tree)
    assert first - second > 20


def test_a_seed_that_is_lost_does_not_stretch_the_axis():
    tree = drawn({"one": [(1.0, (2.0, 2.0, LOST)), (2.0, (1.5, 2.0, 2.5))]}, seeds=3)
    assert {"1.6", "2.4"} <= set(words(tree))


def test_a_range_is_not_cut_without_need():
    tree = drawn({"one": [(1.0, (1.0, 2.0, 4.0)), (2.0, (1.0, 3.0, 5.0))]}, seeds=3)
    assert not any("edge" in each for each in words(tree))


def test_what_has_no_place_on_a_scale_is_told():
    tree = drawn({"one": [(0.0, 1.0), *LINE, (2.0, -1.0)]}, log_across=True, log_value=True)
    assert len(markers(tree)) == 3
    assert "not on these scales: one at 0, 2" in words(tree)


def test_no_line_is_drawn_over_what_is_missing():
    whole = drawn({"one": [(1.0, 1.0), (2.0, 2.0), (3.0, 1.0), (4.0, 2.0), (5.0, 2.0)]})
    parted = drawn({"one": [(1.0, 1.0), (2.0, 2.0), (3.0, nan), (4.0, 2.0), (5.0, 2.0)]})
    assert (len(lines_of(whole)), len(lines_of(parted))) == (1, 2)


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 1e-9, 1e5, 1e-320, 5e-324])
@pytest.mark.parametrize("log", [False, True])
def test_a_line_that_does_not_change_is_drawn(value, log):
    tree = drawn({"one": [(at, value) for at, _ in LINE]}, log_value=log)
    assert len(markers(tree)) == (0 if log and value <= 0 else 3)
    assert all(0 <= each < inf for each in numbers_in(tree))


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_single_point_is_drawn_beside_lines(seeds):
    tree = drawn({"one": LINE, "alone": [(0.5, (1.0, 3.0))]}, seeds=seeds)
    assert markers(tree) == ["circle"] * 3 + ["triangle"]
    assert len([each for band in of_class(tree, "band") for each in band.iter(f"{SVG}line")]) == 1


ODD = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, 1e-300, 1e300, 5e-324])
NAMES = st.sampled_from(["with BN", "x", "a very long name that goes on and on " * 5, "\x1b[31m<", "a\nb"])
POINTS = st.lists(st.tuples(ODD, st.tuples(ODD, ODD)), max_size=6, unique_by=lambda each: each[0])


@settings(max_examples=80)
@given(
    lines=st.dictionaries(NAMES, POINTS, max_size=5),
    logs=st.tuples(st.booleans(), st.booleans()),
    form=st.sampled_from(["{:.3g}", "{:.1%}", "{:.2f}"]),
)
def test_any_numbers_make_a_picture(lines, logs, form):
    tree = drawn(lines, seeds=2, log_across=logs[0], log_value=logs[1], form=form)
    assert all(0 <= each < inf for each in numbers_in(tree))
    assert outside(tree) == []


# --- tables -----------------------------------------------------------------------------------------------


def test_a_panel_over_words_is_a_table():
    points = [("first", (1.0, 2.0, 3.0)), ("second", (nan, nan, nan)), ("third", (5.0, LOST, inf))]
    tree = drawn({"one": points, "two": points[:1]}, seeds=3)
    assert markers(tree) == []
    text = words(tree)
    at = text.index("rate")
    assert text[at : at + 4] == ["rate", "first", "second", "third"]
    assert text[at + 4 : at + 8] == ["one", "2 (1 to 3)", "–", "lost (5 to lost)"]
    assert text[at + 8 : at + 12] == ["two", "2 (1 to 3)", "–", "–"]


def test_a_table_without_room_becomes_sentences():
    lines = {f"a rather long name, number {at}": [("here", 1.0 + at)] for at in range(9)}
    tree = drawn(lines)
    assert "rate here: a rather long name, number 0 1, " in " ".join(words(tree))
    assert outside(tree) == []


def test_a_panel_of_which_nothing_can_be_drawn_is_a_table():
    text = words(drawn({"one": [(1.0, nan), (2.0, inf)]}))
    assert text[text.index("one") :][:3] == ["one", "–", "lost"]
