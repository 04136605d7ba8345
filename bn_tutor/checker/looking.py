"""Run one trial in the child process, and judge what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bn_tutor.checker.crashes import crash_of, unwritten_crash
from bn_tutor.checker.guessing import CANNOT_BE_FOUND, Guess, as_held, not_set, not_spoken_of, note_on, unsure
from bn_tutor.checker.judging import is_missing, judged, order_given, results_of, together
from bn_tutor.checker.process import Child, StoppedError
from bn_tutor.checker.report import Crash, Looked, Result, Verdict
from bn_tutor.checker.source import Source
from bn_tutor.checker.trial import Aspect, Trial


@dataclass
class Attempt:
    """The trials of a pair that were run, what each came to, and what stopped it, if anything did."""

    trials: list[Trial] = field(default_factory=list)
    looked: list[Looked] = field(default_factory=list)
    stopped: StoppedError | None = None

    def add(self, trial: Trial, looked: Looked) -> None:
        """Add what a trial came to."""
        self.trials.append(trial)
        self.looked.append(looked)

    @property
    def worth(self) -> tuple[int, int]:
        """How many trials are right, and how many results could be compared with a right one."""
        results = (result for each in self.looked for result in each.results)
        comparable = sum(result.right is not None and result.right.size > 0 for result in results)
        return self._count_right, comparable

    @property
    def _count_right(self) -> int:
        return sum(each.verdict is Verdict.RIGHT for each in self.looked)

    @property
    def is_sure_of_parameters(self) -> bool:
        """Whether an output came out right with the parameters that were found, and so they are these."""
        forward = (each for each in self.looked if each.aspect is Aspect.FORWARD)
        return any(each.verdict is Verdict.RIGHT and not _is_unset(each) for each in forward)

    @property
    def is_right(self) -> bool:
        """Whether all of them are."""
        return self._count_right == len(self.looked)


def _is_unset(looked: Looked) -> bool:
    return any(CANNOT_BE_FOUND in note for note in looked.notes)


def look_at(
    started: Child, source: Source, trials: Sequence[Trial], failed: Sequence[Mapping[str, Any]]
) -> Attempt:
    """Run trials and judge them, up to one that stops the process."""
    found = Attempt()
    for trial in trials:
        try:
            settled, looked = look(started, source, trial, failed, is_sure=found.is_sure_of_parameters)
        except StoppedError as stopped:
            crash = Crash(line_of(source, stopped), stopped.kind, "", stopped.why)
            found.add(trial, Looked(trial.function, trial.aspect, trial.data, (), crash))
            found.stopped = stopped
            return found
        if not (looked.crash and trial.is_guess):
            found.add(settled, looked)
    try:
        _note_first_call(started, found)
    except StoppedError as stopped:
        found.stopped = stopped
    return found


def _note_first_call(started: Child, found: Attempt) -> None:
    """Note it where a function needs running averages in its settings, which a first call has not yet."""
    trial, looked = next(zip(found.trials, found.looked, strict=True), (None, None))
    if trial is None or looked is None or looked.verdict is not Verdict.RIGHT:
        return
    table = trial.plan["tables"].get("table", {})
    begun = {key: value for key, value in table.items() if not key.startswith("running")}
    if len(begun) == len(table):
        return
    error = _run(started, replace(trial, plan={**trial.plan, "tables": {"table": begun}}))["error"]
    name = error["message"].strip("'") if error and error["type"] == "KeyError" else ""
    if name in table:
        say = (
            f"KeyError: {name} is not yet in the settings when training begins; "
            f"settings.get('{name}', zeros) takes zeros then"
        )
        found.looked[0] = replace(looked, notes=(*looked.notes, say))


def line_of(source: Source, stopped: StoppedError) -> int:
    """Return the line at which a file was stopped, or that of the function that ran."""
    if stopped.line or stopped.name.isdecimal():
        return stopped.line or int(stopped.name)
    owner, _, method = stopped.name.rpartition(".")
    function = source.classes.get(owner, {}).get(method) if owner else source.functions.get(stopped.name)
    return function.line if function else 0


def look(
    started: Child,
    source: Source,
    trial: Trial,
    failed: Sequence[Mapping[str, Any]],
    *,
    is_sure: bool = False,
) -> tuple[Trial, Looked]:
    """Run a trial and judge it; ``failed`` are the statements of the file that could not be run.

    The trial is returned as it was judged, since what is right may depend on which parameters could be set;
    with ``is_sure`` those that were found are the right ones. Raises StoppedError.
    """
    run = _run(started, trial)
    if not isinstance(trial.right_for, Guess):
        return trial, _looked(source, trial, run, failed)
    guess, given = trial.right_for, run["given"]
    missing, doubtful = not_set(given), unsure(given)
    found = _settled(started, source, guess.settled(missing), run if not missing else None, failed)
    if found[1].verdict is Verdict.WRONG and doubtful != missing and not is_sure:
        other = _settled(started, source, guess.settled(doubtful), None, failed)
        found, missing = (other, doubtful) if other[1].verdict is Verdict.RIGHT else (found, missing)
    notes = (*found[1].notes, note_on(missing)) if missing else found[1].notes
    return found[0], replace(found[1], notes=notes)


def _settled(
    started: Child,
    source: Source,
    trial: Trial,
    run: Mapping[str, Any] | None,
    failed: Sequence[Mapping[str, Any]],
) -> tuple[Trial, Looked]:
    """Judge a trial, without the gradients that are not found of parameters whose names were guessed."""
    run = run or _run(started, trial)
    trial = as_held(trial, run["given"])
    looked = _looked(source, trial, run, failed)
    lost = {f"d{name}" for name in not_spoken_of(run["given"])}
    missing = {each.name for each in looked.results if each.name in lost and is_missing(each)}
    if not missing or len(missing) == len(looked.results):
        return trial, looked
    left = tuple(each for each in looked.results if each.name not in missing)
    wanted = {name: right for name, right in trial.wanted.items() if name not in missing}
    results = {name: where for name, where in trial.results.items() if name not in missing}
    notes = (*looked.notes, f"{' and '.join(sorted(missing))} cannot be found, and so are not checked")
    return replace(trial, wanted=wanted, results=results), replace(looked, results=left, notes=notes)


def _run(started: Child, trial: Trial) -> Mapping[str, Any]:
    reply = started.ask({"do": "run", "plans": [trial.plan], "experiments": [{}], "record": False})
    run: Mapping[str, Any] = reply["runs"][0] if "runs" in reply else {"given": {}, **reply}
    return run


def _looked(
    source: Source, trial: Trial, run: Mapping[str, Any], failed: Sequence[Mapping[str, Any]]
) -> Looked:
    """Judge what came of a run."""
    found = Looked(trial.function, trial.aspect, trial.data, ())
    if run["error"]:
        return replace(found, crash=crash_of(source, run["error"], failed))
    if unwritten := _unwritten(trial, run["given"]):
        return replace(found, crash=unwritten_crash(source, trial.function, unwritten))
    changed = tuple(f"it changes its input {name} in place" for name in run["changed"])
    order = order_given(trial, run["given"])
    return replace(found, results=judge(trial, run["given"], source.is_coarse), notes=changed, order=order)


def _unwritten(trial: Trial, given: Mapping[str, Any]) -> str:
    """Return what an unwritten function gives, in words; empty where it is written, right or wrong."""
    if trial.aspect not in (Aspect.FORWARD, Aspect.BACKWARD):
        return ""
    found = [results_of(given, where) for where in trial.results.values()]
    if all(each.get("not") in ("None", "nothing") for each in found):
        return "it returns None"
    if all("array" in each and not np.any(each["array"]) for each in found):
        return "it returns zeros"
    return ""


def judge(trial: Trial, given: Mapping[str, Any], is_coarse: bool = False) -> tuple[Result, ...]:
    """Return the verdict on each result of a trial; ``is_coarse`` where it is made in single precision."""
    wanted = trial.right_for(given) if trial.right_for else trial.wanted
    if isinstance(wanted, str):
        return tuple(Result(name, Verdict.WRONG, None, wanted, np.zeros(0)) for name in trial.results)
    found = [
        judged(name, results_of(given, trial.results[name]), right, is_coarse=is_coarse)
        for name, right in wanted.items()
    ]
    return tuple(together(trial, given, found))
