"""Verdicts: what the seeds agree on, worked out anew from rows; and what is kept of a run."""

import errno
import json
from pathlib import Path

import pytest

from bn_tutor.labs.lab import BY_CHANCE, LEAST_SEEDS, Word, by_chance, verdict
from bn_tutor.labs.records import RecordError, keep, kept, record_document, record_path
from bn_tutor.labs.report import Report
from bn_tutor.labs.rows import Rows
from tests.labs.fake import LAB, all_larger, report, rows_of


def verdict_of(gains):
    """Return the verdict on the claim, where seed after seed gains so much with BN."""
    rows = [row for seed, gain in enumerate(gains) for row in rows_of(seed, with_bn=1 + gain)]
    return verdict(LAB.findings[0], Rows(tuple(rows)))


# --- votes ------------------------------------------------------------------------------------------------


def test_all_seeds_agree():
    found = verdict_of([1, 1, 1, 2, 3])
    assert (found.word, found.outcome, found.votes) == (Word.HOLDS, "larger", {"larger": 5})
    assert found.sentences == ("BN makes it larger, in all 5 seeds.", "With BN it is 2 (2 to 4).")


def test_rows_that_say_the_opposite_turn_the_word():
    found = verdict_of([-1, -1, -1, -1, -1])
    assert (found.word, found.outcome) == (Word.FAILS, "smaller")
    assert found.sentences[0] == "BN makes it smaller, in all 5 seeds."


@pytest.mark.parametrize(
    ("gains", "word"),
    [
        ([1] * 5, Word.HOLDS),
        ([1] * 4 + [-1], Word.UNDECIDED),  # coins do that 12 times in 32
        ([1] * 6 + [-1], Word.UNDECIDED),
        ([1] * 7 + [-1], Word.HOLDS),
        ([1] + [-1] * 7, Word.FAILS),
        ([1] * 8 + [-1] * 2, Word.UNDECIDED),
        ([1] * 9 + [-1], Word.HOLDS),
        ([1] * 15 + [-1] * 5, Word.HOLDS),
        ([1] * 14 + [-1] * 6, Word.UNDECIDED),
    ],
)
def test_the_seeds_must_agree_better_than_coins(gains, word):
    assert verdict_of(gains).word is word


def test_how_often_coins_agree():
    assert (by_chance(5, 5), by_chance(4, 5), by_chance(4, 4)) == (2 / 32, 12 / 32, 2 / 16)
    assert by_chance(7, 8) == pytest.approx(0.0703, abs=1e-4)
    # So all of LEAST_SEEDS are enough, and all of one fewer are not.
    assert by_chance(LEAST_SEEDS, LEAST_SEEDS) <= BY_CHANCE < by_chance(LEAST_SEEDS - 1, LEAST_SEEDS - 1)


def test_how_many_agree_is_told():
    assert verdict_of([1] * 7 + [-1]).sentences[0] == "BN makes it larger, in 7 of 8 seeds."


def test_disagreement_is_told_with_the_votes():
    found = verdict_of([1, -1, 1, -1, 1])
    assert (found.outcome, found.votes) == ("", {"larger": 3, "smaller": 2})
    told = "The seeds do not agree (3 seeds: BN makes it larger; 2 seeds: BN makes it smaller)."
    assert found.sentences == (told, "With BN it is 2 (0 to 2).")


@pytest.mark.parametrize(("count", "told"), [(1, "the only seed"), (2, "both seeds"), (4, "all 4 seeds")])
def test_fewer_than_five_seeds_are_too_few(count, told):
    found = verdict_of([1] * count)
    assert (found.word, found.outcome) == (Word.TOO_FEW, "larger")
    assert found.sentences[0] == f"BN makes it larger, in {told}; a verdict takes 5."


def test_few_seeds_that_do_not_agree_are_undecided():
    assert verdict_of([1, -1]).word is Word.UNDECIDED


def test_without_a_whole_seed_nothing_was_run():
    found = report(rows_of(0)[:-1], planned=20)
    assert (len(found.whole), found.is_stopped, found.is_sound) == (0, True, False)
    assert {each.word for each in found.verdicts} == {Word.NOT_RUN}
    assert found.verdicts[0].sentences == ("No seed has been run to its end.",)


def test_a_seed_that_is_not_whole_has_no_vote():
    rows = [row for seed in range(5) for row in rows_of(seed)]
    rows += rows_of(5, with_bn=0.0)[:-1]
    found = report(rows, range(6), planned=24)
    assert found.verdicts[0].votes == {"larger": 5}
    assert found.is_sound and found.is_stopped
    assert report([*rows, rows_of(5)[-1]], range(6)).verdicts[0].votes == {"larger": 5, "smaller": 1}


def test_rows_in_any_order_give_the_same():
    rows = list(all_larger().rows)
    turned = report(rows[::-1])
    assert list(turned.whole) == list(all_larger().whole)
    assert turned.verdicts == all_larger().verdicts


# --- what is kept -----------------------------------------------------------------------------------------


def words_in(value):
    """Return all words that stand in a document, names included."""
    if isinstance(value, dict):
        return {word for pair in value.items() for each in pair for word in words_in(each)}
    if isinstance(value, list):
        return {word for each in value for word in words_in(each)}
    return {str(value)}


def test_no_verdict_is_kept(tmp_path):
    assert keep(all_larger(), tmp_path) == ""
    text = record_path(tmp_path, "fake").read_text()
    found = words_in(json.loads(text))
    assert not found & {str(word) for word in Word}
    assert not found & set(LAB.findings[0].outcomes)
    assert "verdict" not in text


def test_a_run_comes_back_as_it_was(tmp_path):
    before = all_larger()
    assert keep(before, tmp_path) == ""
    after = kept(record_path(tmp_path, "fake"), LAB)
    assert record_document(after) == record_document(before)
    assert after.verdicts == before.verdicts
    assert [path.name for path in (tmp_path / "labs").iterdir()] == ["fake.json"]


def test_rows_that_were_changed_by_hand_change_the_verdict(tmp_path):
    keep(all_larger(), tmp_path)
    path = record_path(tmp_path, "fake")
    document = json.loads(path.read_text())
    for row in document["rows"]:
        if row["norm"] == "with BN":
            row["gain"] = 0.5
    # A verdict that somebody writes into the file is nothing that is read.
    document |= {"verdict": "holds", "verdicts": [{"verdict": "holds"}], "predicted": "larger"}
    path.write_text(json.dumps(document))
    assert [each.word for each in kept(path, LAB).verdicts] == [Word.FAILS, Word.FAILS]


def test_what_is_no_number_is_kept_as_null_and_comes_back(tmp_path):
    rows = [dict(row) for row in all_larger().rows]
    rows[0]["gain"] = float("nan")
    keep(report(rows), tmp_path)
    path = record_path(tmp_path, "fake")
    assert "NaN" not in path.read_text()
    found = kept(path, LAB)
    assert found.rows[0]["gain"] != found.rows[0]["gain"]


def test_nothing_is_kept_before_the_first_run(tmp_path):
    assert kept(record_path(tmp_path, "fake"), LAB) is None


def changed(**changes):
    return json.dumps({**record_document(all_larger()), **changes}).encode()


def without(name):
    rows = [{key: value for key, value in row.items() if key != name} for row in all_larger().rows]
    return changed(rows=rows)


def replaced(old, new):
    text = changed()
    assert old in text
    return text.replace(old, new)


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"format": "\xff"}',
    "deep nesting": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "no object": b"[]",
    "a number": b"3",
    "null": b"null",
    "another format": changed(format=2),
    "another lab": changed(lab="learning-rate"),
    "no rows": changed(rows=None),
    "rows that are lists": changed(rows=[["norm", "with BN"]]),
    "rows that are text": changed(rows=["norm"]),
    "rows by name": changed(rows={"norm": "with BN"}),
    "rows without a measured value": without("gain"),
    "no seeds": changed(seeds=[]),
    "seeds that are words": changed(seeds=["a", "b"]),
    "seeds that repeat": changed(seeds=[0, 0, 0, 0, 0]),
    "no sizes": changed(sizes={}),
    "sizes in a list": changed(sizes=["rates"]),
    "sizes that cannot be": changed(sizes={"rates": 10}),
    "sizes below one": changed(sizes={"rates": 0}),
    "sizes without end": changed(sizes={"rates": 10**12}),
    "planned without end": replaced(b'"planned": 20', b'"planned": 1e999'),
    "a value that is nan": replaced(b'"gain": 2.0', b'"gain": NaN'),
    "a value that is inf": replaced(b'"gain": 2.0', b'"gain": 1e999'),
    "a value too long": replaced(b'"gain": 2.0', b'"gain": 1' + b"0" * 400),
    "a value that is a list": replaced(b'"gain": 2.0', b'"gain": [2.0]'),
    "a value that is a word": replaced(b'"gain": 2.0', b'"gain": "two"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_record_that_is_none_is_refused_with_a_word(tmp_path, name):
    path = tmp_path / "fake.json"
    path.write_bytes(BROKEN[name])
    with pytest.raises(RecordError, match=r"^it is no (JSON|record of this lab)$"):
        kept(path, LAB)


def test_the_record_that_these_were_made_of_is_sound(tmp_path):
    path = tmp_path / "fake.json"
    path.write_bytes(changed())
    assert kept(path, LAB).is_sound


def test_a_folder_in_its_place_is_told(tmp_path):
    path = record_path(tmp_path, "fake")
    path.mkdir(parents=True)
    with pytest.raises(RecordError, match="Is a directory"):
        kept(path, LAB)
    assert keep(all_larger(), tmp_path) == "Is a directory"
    assert list((tmp_path / "labs").iterdir()) == [path]


def test_a_record_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refused(*arguments, **options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refused)
    with pytest.raises(RecordError, match="Permission denied"):
        kept(tmp_path / "fake.json", LAB)


def test_a_file_where_the_state_folder_should_be_is_told(tmp_path):
    (tmp_path / "state").write_text("")
    assert keep(all_larger(), tmp_path / "state") in ("File exists", "Not a directory")


# --- what takes whose place -------------------------------------------------------------------------------


def kept_seeds(folder):
    return list(kept(record_path(folder, "fake"), LAB).seeds)


def stopped():
    return all_larger(seeds=range(10, 14), planned=20)


def small():
    return all_larger(seeds=range(20, 24))


@pytest.mark.parametrize("lesser", [stopped, small])
def test_a_sound_run_is_not_replaced_by_a_lesser_one(tmp_path, lesser):
    keep(all_larger(), tmp_path)
    assert keep(lesser(), tmp_path) == "an earlier run has more seeds"
    assert kept_seeds(tmp_path) == [0, 1, 2, 3, 4]


def test_a_run_in_other_sizes_stands_beside_the_usual_one(tmp_path):
    keep(all_larger(), tmp_path)
    rows = [row for seed in range(5, 10) for row in rows_of(seed, rates=3)]
    assert keep(report(rows, seeds=range(5, 10), rates=3), tmp_path) == ""
    assert kept_seeds(tmp_path) == [0, 1, 2, 3, 4]
    assert kept(record_path(tmp_path, "fake", is_usual=False), LAB).sizes == {"rates": 3}


def test_a_run_without_a_whole_seed_is_not_kept(tmp_path):
    assert keep(report(rows_of(0)[:-1], planned=20), tmp_path) == "no seed was run to its end"
    assert not record_path(tmp_path, "fake").exists()


@pytest.mark.parametrize("lesser", [stopped, small])
def test_a_lesser_run_is_kept_where_there_is_no_sound_one(tmp_path, lesser):
    keep(small(), tmp_path)
    keep(lesser(), tmp_path)
    assert kept_seeds(tmp_path) == list(lesser().seeds)


def test_a_sound_run_takes_the_place_of_any(tmp_path):
    for before in (small(), stopped(), all_larger()):
        keep(before, tmp_path)
        keep(all_larger(seeds=range(5, 10)), tmp_path)
        assert kept_seeds(tmp_path) == [5, 6, 7, 8, 9]


def test_a_lesser_run_takes_the_place_of_a_broken_record(tmp_path):
    path = record_path(tmp_path, "fake")
    path.parent.mkdir()
    path.write_text("{")
    assert keep(small(), tmp_path) == ""
    assert kept_seeds(tmp_path) == [20, 21, 22, 23]


def test_a_stopped_run_with_enough_whole_seeds_is_sound(tmp_path):
    keep(all_larger(), tmp_path)
    keep(all_larger(seeds=range(30, 35), planned=40), tmp_path)
    assert kept_seeds(tmp_path) == [30, 31, 32, 33, 34]


def test_a_full_disk_is_told_and_the_run_before_stays(tmp_path, monkeypatch):
    keep(all_larger(), tmp_path)

    def full(path, text, encoding):
        path.write_bytes(text.encode()[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert keep(all_larger(seeds=range(5, 10)), tmp_path) == "No space left on device"
    assert [path.name for path in (tmp_path / "labs").iterdir()] == ["fake.json"]
    assert kept_seeds(tmp_path) == [0, 1, 2, 3, 4]


def test_a_report_has_no_place_for_a_verdict():
    assert not [name for name in Report.__dataclass_fields__ if "verdict" in name or "outcome" in name]


# --- many rows --------------------------------------------------------------------------------------------


def test_many_seeds_are_looked_through_once():
    """A thousand seeds took half a minute when each looked through the rows of all others."""
    many = all_larger(seeds=range(1000))
    looks = 0

    class Counted(dict):
        def get(self, *arguments):
            nonlocal looks
            looks += 1
            return super().get(*arguments)

    counted = report([Counted(row) for row in many.rows], range(1000))
    assert len(counted.whole) == 4000
    assert looks <= 4000
    assert many.verdicts[0].votes == {"larger": 1000}
