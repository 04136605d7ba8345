"""The pages of the labs: kept as literal text at some widths, and within bounds whatever is on them.

To write the pages anew after a change that is meant: UPDATE_FRAMES=1 pytest tests/views, which fails once.
"""

import os
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from bn_tutor.labs.catalogue import LABS
from bn_tutor.labs.claims import evidence_of
from bn_tutor.labs.lab import Panel, Word
from bn_tutor.labs.panels import Series, series_of
from bn_tutor.labs.rows import Spread, spread
from bn_tutor.labs.training import LOST
from bn_tutor.views.claims_page import claims_lines
from bn_tutor.views.lab_list import lab_list_lines
from bn_tutor.views.lab_page import choice_lines, question_lines, report_lines
from bn_tutor.views.lab_plot import ASCII_SIGNS, NARROWEST, SIGNS, plot_lines
from bn_tutor.views.lab_table import table_lines
from bn_tutor.views.look import Look
from tests.labs.fake import LAB, all_larger, report, rows_of

FOLDER = Path(__file__).parent / "lab_pages"
WIDTHS = [10, 14, 20, 29, 30, 40, 49, 50, 60, 80, 120, 200]
LONG = replace(
    LAB,
    name="long-name",
    question="What becomes of a question that is so long that it has no room on one line of the list?",
)


def plain(lines):
    return [line.plain for line in lines]


def planted(rates=4, seeds=range(5), **changes):
    """Return a run whose lines have a shape: with BN the gain grows with the rate, without it falls."""
    rows = []
    for seed in seeds:
        for at, row in enumerate(rows_of(seed, rates=rates)):
            slope = at if row["norm"] == "with BN" else -(at - rates) / 2
            rows.append({**row, "gain": row["gain"] + slope + seed / 50})
    return report(rows, seeds, rates=rates, **changes)


def two_kinds():
    """Return a run of a lab with a panel of words beside the one of numbers."""
    words = Panel("Gain by kind", "gain", "norm", "rate", "{:.2f}")
    return planted(lab=replace(LAB, panels=(*LAB.panels, words)), predicted="larger")


def evidence():
    run = planted(is_quick=True, predicted="smaller")
    other = replace(planted(), lab=replace(LONG, has_images=False), sizes={"rates": 3})
    opposite = report([row for seed in range(5, 10) for row in rows_of(seed, 1.0, 2.0)], range(5, 10))
    few = planted(seeds=[7])
    return [
        *evidence_of(LAB, run, Path("fake.json")),
        *evidence_of(LONG, other, Path("long.json")),
        *evidence_of(replace(LAB, name="opposite"), opposite, Path("opposite.json")),
        *evidence_of(replace(LAB, name="few"), few, Path("few.json")),
        *evidence_of(replace(LAB, name="never"), None, Path("never.json")),
    ]


def whole(look, plot=None):
    """Return what is shown from the question to the end of a run."""
    run = two_kinds()
    return [*question_lines(LAB, look), *choice_lines(LAB, look), Text(), *report_lines(run, look, plot)]


# --- kept pages -------------------------------------------------------------------------------------------

LOOKS = {
    **{f"width_{width}": Look(width) for width in (20, 40, 80)},
    "ascii": Look(ascii=True),
    "plain": Look(plain=True),
}
PAGES = {
    "run": lambda look: whole(look, plot_lines),
    "claims": lambda look: claims_lines(evidence(), look),
    "list": lambda look: lab_list_lines([LAB, LONG], look),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_drawn_as_it_is_kept(page, look):
    drawn = "\n".join(plain(PAGES[page](LOOKS[look]))) + "\n"
    file = FOLDER / f"{page}_{look}.txt"
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if os.environ.get("UPDATE_FRAMES") and drawn != kept:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
    assert drawn.split("\n") == kept.split("\n")


def test_every_kept_page_is_drawn():
    assert {file.stem for file in FOLDER.iterdir()} == {f"{page}_{look}" for page in PAGES for look in LOOKS}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("is_ascii", [False, True])
def test_every_line_fits(page, width, is_ascii):
    lines = PAGES[page](Look(width, ascii=is_ascii))
    # An indented line keeps a few columns for its text, however narrow that is.
    assert [line.plain for line in lines if line.cell_len > width] == []
    if is_ascii:
        assert "".join(plain(lines)).isascii()


@pytest.mark.parametrize("name", LABS)
def test_each_lab_has_texts_that_fit_and_have_ascii_for_every_sign(name):
    lab = LABS[name]
    for look in (*map(Look, WIDTHS), Look(ascii=True), Look(plain=True)):
        lines = [*question_lines(lab, look), *choice_lines(lab, look), *lab_list_lines([lab], look)]
        lines += claims_lines(evidence_of(lab, None, Path("x")), look)
        assert [line.plain for line in lines if line.cell_len > look.width] == []
        assert "".join(plain(lines)).isascii() or not look.ascii
    outcomes = [outcome for each in lab.findings for outcome in each.outcomes.values()]
    told = [text for each in outcomes for text in (each.predicted, each.concluded)]
    told += [text for panel in lab.panels for text in (panel.title, panel.across, panel.by)]
    assert [text for text in told if not Look(ascii=True).shown(text).isascii()] == []


# --- a run ------------------------------------------------------------------------------------------------


def page_of(run, look=None, plot=None):
    return "\n".join(plain(report_lines(run, look or Look(), plot)))


def test_a_run_that_was_stopped_says_how_far_it_came():
    run = planted(planned=60)
    assert " run      40 of 60 runs: stopped, seeds 0 to 4, 5 of them whole, 1.2 s; rates 4\n" in page_of(run)
    assert "stopped" not in page_of(planted())


def test_a_single_run_is_one():
    lab = replace(LAB, cells=lambda sizes: rows_of(0)[:1], findings=LAB.findings[:1])
    lab = replace(lab, findings=(replace(lab.findings[0], decide=lambda rows: "mixed"),))
    assert " run      1 run, seed 0, 1.2 s; rates 2\n" in page_of(report(rows_of(0)[:1], [0], lab))
    assert "median" not in page_of(planted(seeds=[0]))


def test_a_run_without_a_whole_seed_shows_what_there_is_and_no_verdict():
    page = page_of(report(rows_of(0)[:-1], planned=20), plot=plot_lines)
    assert "3 of 20 runs: stopped, seeds 0 to 4, 0 of them whole" in page
    assert "Gain by rate\n" in page
    assert "“BN makes it larger”: not yet run\n          No seed has been run to its end.\n" in page


@pytest.mark.parametrize(
    ("predicted", "told"),
    [
        ("larger", " expected BN makes it larger. The run shows it too.\n"),
        ("smaller", " expected BN makes it smaller. The run shows: BN makes it larger.\n"),
    ],
)
def test_a_prediction_is_held_against_the_run(predicted, told):
    assert told in page_of(planted(predicted=predicted))


@pytest.mark.parametrize("predicted", ["", "an outcome that is no more"])
def test_without_a_prediction_nothing_is_said_of_one(predicted):
    assert "expected" not in page_of(planted(predicted=predicted))


def test_a_run_that_decides_nothing_says_so():
    rows = [row for seed in range(5) for row in rows_of(seed, with_bn=seed)]
    assert "BN makes it larger. The run does not decide it." in page_of(report(rows, predicted="larger"))


def test_a_lab_without_images_names_no_data():
    assert " data     no images\n" in page_of(planted())
    assert "no images" not in page_of(planted(lab=replace(LAB, has_images=False)))


def test_the_next_run_has_seeds_of_its_own():
    assert "bn-tutor lab fake --seed 12 " in page_of(planted(seeds=range(7, 12)))


# --- plots ------------------------------------------------------------------------------------------------


def drawn(look=None, panel=LAB.panels[0], **lines):
    """Draw lines, each a list of (place, value)."""
    made = [Series(name, [(at, Spread(y, y, y, 1)) for at, y in points]) for name, points in lines.items()]
    return plain(plot_lines(panel, made, look or Look()))


LINE = [(0.01, 1.0), (0.1, 2.0), (1.0, 4.0)]
OTHER = [(0.01, 2.0), (0.1, 1.0), (1.0, 0.5)]


def test_a_plot_has_a_sign_for_each_line_and_says_which():
    lines = drawn(one=LINE, two=OTHER)
    assert lines[0] == f"  {SIGNS[0]} one   {SIGNS[1]} two"
    assert all("".join(lines[1:]).count(sign) == 3 for sign in SIGNS[:2])
    assert not any(sign in "".join(lines) for sign in SIGNS[2:])


def test_a_plot_in_ascii_has_signs_of_its_own():
    lines = drawn(Look(ascii=True), one=LINE, two=OTHER)
    assert lines[0] == f"  {ASCII_SIGNS[0]} one   {ASCII_SIGNS[1]} two"
    assert "".join(lines).isascii()
    assert "".join(lines[1:]).count(ASCII_SIGNS[0]) == 3


@pytest.mark.parametrize("width", [NARROWEST, 40, 80, 200])
def test_a_plot_is_there_where_there_is_room(width):
    lines = drawn(Look(width), one=LINE, two=OTHER)
    assert len(lines) > 10
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("look", [Look(NARROWEST - 1), Look(20), Look(plain=True)])
def test_a_plot_is_left_out_where_it_would_show_nothing(look):
    assert drawn(look, one=LINE, two=OTHER) == []


@pytest.mark.parametrize(
    "points",
    [
        [("a", 1.0), ("b", 2.0)],
        [(0.1, 1.0)],
        [],
        [(0.1, nan), (1.0, inf)],
        [(0.0, 1.0), (-1.0, 2.0)],
        [(0.1, 1.7e308), (1.0, -1.7e308)],
    ],
)
def test_words_single_points_and_no_numbers_are_no_line(points):
    assert drawn(one=points) == []
    lines = drawn(one=points, two=LINE)
    assert lines[0] == f"  {SIGNS[0]} two"


def test_ticks_are_round_numbers():
    assert drawn(one=LINE)[-2].split() == ["0.01", "0.05", "0.2", "1"]
    whole = Panel("t", "gain", "rate", "norm", "{:.3g}", log_across=True, log_value=True)
    text = "\n".join(drawn(panel=whole, one=[(1e-3, 1e-6), (1e3, 1e6)]))
    assert all(tick in text for tick in ("0.001", "1000", "1e-06", "1e+06"))


@pytest.mark.parametrize("value", [0.0, -1.0, nan, inf, -inf, 1e-320, 1e300, 1e99])
@pytest.mark.parametrize("log", [False, True])
def test_values_that_cannot_be_drawn_are_left_out(value, log):
    panel = replace(LAB.panels[0], log_value=log)
    lines = drawn(panel=panel, one=[*LINE, (10.0, value)])
    assert "".join(lines[1:]).count(SIGNS[0]) in (1, 2, 3, 4)  # those on one spot are one sign
    assert "".join(drawn(panel=panel, one=LINE)[1:]).count(SIGNS[0]) == 3


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 1e-9, 1e9])
@pytest.mark.parametrize("log", [False, True])
def test_a_line_that_does_not_change_is_drawn(value, log):
    lines = drawn(panel=replace(LAB.panels[0], log_value=log), one=[(at, value) for at, _ in LINE])
    assert (lines == []) is (log and value <= 0)


def test_two_plots_do_not_mix():
    first = drawn(one=LINE)
    drawn(two=OTHER, three=LINE)
    assert drawn(one=LINE) == first


ODD = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.0, 1.0, 1e-300, 1e300, 5e-324])
NAMES = st.sampled_from(
    ["with BN", "x", "a very long name that goes on and on and on", "\x1b[31mred", "a\nb"]
)
POINTS = st.lists(st.tuples(ODD, ODD), max_size=6, unique_by=lambda each: each[0])


@settings(max_examples=60)
@given(
    lines=st.lists(st.tuples(NAMES, POINTS), min_size=1, max_size=7),
    width=st.sampled_from(WIDTHS),
    logs=st.tuples(st.booleans(), st.booleans()),
    looks=st.tuples(st.booleans(), st.booleans()),
)
def test_any_numbers_at_any_width(lines, width, logs, looks):
    panel = Panel("t", "gain", "ra\x1bte\n", "norm", "{:.3g}", *logs)
    look = Look(width, 3, *looks)
    made = [Series(name, [(at, spread([y])) for at, y in points]) for name, points in lines if points]
    for view in (plot_lines, table_lines) if made else ():
        for line in view(panel, made, look):
            assert line.cell_len <= width
            assert line.plain.isprintable()


# --- tables -----------------------------------------------------------------------------------------------


def test_a_table_has_medians_with_their_range_under_each_other():
    lines = plain(table_lines(LAB.panels[0], series_of(LAB.panels[0], planted().whole), Look()))
    assert lines == [
        "  rate    with BN      without BN",
        "  0.0001  2.04 2–2.08   1.04 1–1.08",
        "   0.001  3.04 3–3.08   0.54 0.5–0.58",
        "    0.01  4.04 4–4.08   0.04 0–0.08",
        "     0.1  5.04 5–5.08  -0.46 -0.5 to -0.42",
    ]


def test_a_place_that_a_line_lacks_is_a_dash():
    made = [
        Series("one", [(1.0, spread([1.0])), (2.0, spread([2.0]))]),
        Series("two", [(2.0, spread([3.0, 4.0]))]),
    ]
    lines = plain(table_lines(LAB.panels[0], made, Look()))
    assert lines == ["  rate  one  two", "  1     1      -", "  2     2    3.5 3–4"]
    sentences = plain(table_lines(LAB.panels[0], made, Look(plain=True)))
    assert sentences == ["rate 1: one 1", "rate 2: one 2, two 3.5 (3 to 4)"]


def test_what_was_lost_is_told_in_a_word_and_what_is_no_number_by_a_sign():
    made = [
        Series("loss", [(1.0, spread([0.5, LOST, 2.0])), (2.0, spread([LOST, inf])), (3.0, spread([nan]))])
    ]
    lines = plain(table_lines(LAB.panels[0], made, Look()))
    assert lines == ["  rate  loss", "  1        2 0.5–lost", "  2     lost", "  3        -"]


def test_names_of_columns_are_broken():
    made = [Series("own statistics of each", [(1.0, spread([1.0]))]), Series("one", [(1.0, spread([2.0]))])]
    lines = plain(table_lines(LAB.panels[0], made, Look()))
    assert lines == ["        own", "        statistics", "  rate  of each     one", "  1     1           2"]


def test_columns_that_do_not_fit_go_below():
    made = [Series(f"line {at}", [(1.0, spread([at]))]) for at in range(9)]
    lines = plain(table_lines(LAB.panels[0], made, Look(40)))
    assert [line.split()[0] if line else "" for line in lines] == [
        "rate",
        "1",
        "",
        "rate",
        "1",
        "",
        "rate",
        "1",
    ]
    assert "".join(lines).count("line") == 9


# --- what has no place on a page --------------------------------------------------------------------------


@pytest.mark.parametrize("look", [Look(), Look(40), Look(plain=True)])
def test_control_characters_never_reach_the_output(look):
    bad = "\x1b[31mred\x1b]0;title\x07\u202e\nnext"
    finding = replace(LAB.findings[0], claim=bad, name=bad)
    panel = replace(LAB.panels[0], title=bad, across="rate")
    lab = replace(LAB, name=bad, title=bad, question=bad, about=bad, papers=(bad,), findings=(finding,))
    lab = replace(lab, panels=(panel,))
    rows = [{**row, "norm": row["norm"]} for row in planted().rows]
    run = replace(planted(lab=lab), rows=rows, said=bad, source=bad, date=bad)
    found = evidence_of(lab, run, Path(bad))
    for lines in (
        question_lines(lab, look),
        choice_lines(lab, look),
        report_lines(run, look, plot_lines),
        claims_lines(found, look),
        lab_list_lines([lab], look),
    ):
        assert all(line.plain.isprintable() for line in lines)


# --- the page of claims -----------------------------------------------------------------------------------


def test_claims_are_counted():
    *_, counts, place = plain(claims_lines(evidence(), Look()))
    words = [each.word for each in evidence()]
    assert {word: words.count(word) for word in set(words)} == {
        Word.HOLDS: 4, Word.FAILS: 2, Word.TOO_FEW: 2, Word.NOT_RUN: 2,
    }  # fmt: skip
    assert place == " The rows of these runs, one file a lab: ."
    assert counts == " 10 claims. holds: 4, does not hold: 2, too few seeds: 2, not yet run: 2"


def test_a_run_in_other_sizes_says_so():
    text = "\n".join(plain(claims_lines(evidence_of(LAB, planted(), Path("x")), Look())))
    assert (
        "2026-01-31, none, seeds 0 to 4, rates 4; with other seeds: bn-tutor lab fake --seed 5"
        in " ".join(text.split())
    )
    usual = all_larger()
    text = "\n".join(plain(claims_lines(evidence_of(LAB, usual, Path("x")), Look())))
    assert "rates 4" not in text
