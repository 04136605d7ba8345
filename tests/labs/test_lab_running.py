"""A lab is run in one process or in several: the same rows, no process that stays, no wait for ever."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

from bn_tutor.labs.running import Plan, measured, run
from tests.labs.fake import (
    LAB,
    NO_IMAGES,
    all_larger,
    cells,
    measure_numpy,
    measure_slowly,
    measure_wrongly,
)

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


def plan(measure=LAB.measure, seeds=range(3), rates=2):
    return Plan(replace(LAB, measure=measure), {"rates": rates}, NO_IMAGES, seeds)


def as_set(rows):
    return {tuple(sorted(row.items())) for row in rows}


def new_since(before):
    """Return the processes that were begun since then and still run."""
    return set(active_children()) - set(before)


def comes_true(is_so):
    """Wait until something is so, at most for a while; return whether it came to be."""
    limit = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < limit:
        time.sleep(0.02)
    return is_so()


def test_rows_come_seed_by_seed_with_all_that_is_needed():
    rows = list(run(plan(), workers=1))
    assert plan().count == len(rows) == 12
    assert [row["seed"] for row in rows] == [0] * 4 + [1] * 4 + [2] * 4
    assert [{"norm": row["norm"], "rate": row["rate"]} for row in rows[:4]] == cells({"rates": 2})
    assert rows[-1] == {"norm": "without BN", "rate": 0.1, "seed": 2, "gain": 1.12}


def test_two_processes_give_the_same_rows():
    before = active_children()
    assert as_set(run(plan(), workers=2)) == as_set(run(plan(), workers=1))
    assert comes_true(lambda: not new_since(before))


def test_a_run_that_is_closed_early_ends_its_processes():
    before = active_children()
    with closing(run(plan(measure_slowly, seeds=range(9)), workers=2)) as running:
        first = next(running)
        begun = time.monotonic()
        assert len(new_since(before)) == 2
    assert first["seed"] == 0
    assert comes_true(lambda: not new_since(before))
    assert time.monotonic() - begun < PATIENCE


def test_a_run_that_is_never_begun_begins_no_process():
    before = active_children()
    run(plan(), workers=2).close()
    assert not new_since(before)


def test_ctrl_c_is_heard_again_after_processes_were_begun():
    before = signal.getsignal(signal.SIGINT)
    with closing(run(plan(), workers=2)) as running:
        next(running)
        assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc to look into")
def test_processes_do_not_hear_ctrl_c():
    """The terminal sends it to them, too; it is their parent that ends them."""
    before = active_children()
    with closing(run(plan(), workers=2)) as running:
        next(running)
        masks = [signals_ignored_by(child.pid) for child in new_since(before)]
    assert len(masks) == 2
    assert all(mask >> (signal.SIGINT - 1) & 1 for mask in masks)


def signals_ignored_by(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("SigIgn:"))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_measure_that_raises_ends_the_run(workers):
    before = active_children()
    with pytest.raises(ZeroDivisionError, match="planted at"):
        list(run(plan(measure_wrongly, rates=2), workers))
    assert comes_true(lambda: not new_since(before))


def test_numbers_of_numpy_become_plain_floats():
    (row, *_) = run(plan(measure_numpy, seeds=[0], rates=1), workers=1)
    assert {name: type(row[name]) for name in ("gain", "count", "known")} == dict.fromkeys(
        ("gain", "count", "known"), float
    )
    assert (row["gain"], row["count"], row["known"]) == (1.5, 3.0, 1.0)


def test_a_row_is_its_cell_with_its_seed_and_what_was_measured():
    ((cell, setting), *_) = plan(seeds=[7]).settings()
    assert measured(LAB.measure, cell, setting) == {**cell, "seed": 7, "gain": pytest.approx(2.08)}


def test_quick_rows_make_a_report_whole():
    rows = list(run(plan(seeds=range(5)), workers=1))
    found = replace(all_larger(), rows=rows)
    assert found.is_sound and not found.is_stopped
    assert found.verdicts[0].outcome == "larger"


# --- a parent that is killed ------------------------------------------------------------------------------

KILLED = """
from tests.labs.test_lab_running import plan
from tests.labs.fake import measure_slowly
from bn_tutor.labs.running import run
from multiprocessing import active_children

if __name__ == "__main__":
    running = run(plan(measure_slowly, seeds=range(9)), workers=2)
    next(running)
    print(*[child.pid for child in active_children()], flush=True)
    next(running), [next(running) for _ in range(40)]
"""


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look into")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_with_a_parent_that_is_killed(tmp_path, number):
    program = tmp_path / "killed.py"
    program.write_text(KILLED)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    pids = [int(each) for each in parent.stdout.readline().split()]
    try:
        assert len(pids) == 2 and all(map(is_running, pids))
        parent.send_signal(number)
        parent.wait(PATIENCE)
        assert comes_true(lambda: not any(map(is_running, pids)))
    finally:
        parent.stdout.close()
        for pid in filter(is_running, pids):
            os.kill(pid, signal.SIGKILL)
