"""Run one trial in the child process, and judge what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bn_tutor.checker.crashes import crash_of
from bn_tutor.checker.judging import judged, order_given, results_of, together
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
    def is_right(self) -> bool:
        """Whether all of them are."""
        return self._count_right == len(self.looked)


def look_at(
    started: Child, source: Source, trials: Sequence[Trial], failed: Sequence[Mapping[str, Any]]
) -> Attempt:
    """Run trials and judge them, up to one that stops the process."""
    found = Attempt()
    for trial in trials:
        try:
            looked = look(started, source, trial, failed)
        except StoppedError as stopped:
            crash = Crash(line_of(source, stopped), stopped.kind, "", stopped.why)
            found.add(trial, Looked(trial.function, trial.aspect, trial.data, (), crash))
            found.stopped = stopped
            return found
        if not (looked.crash and trial.is_guess):
            found.add(trial, looked)
    return found


def line_of(source: Source, stopped: StoppedError) -> int:
    """Return the line at which a file was stopped, or that of the function that ran."""
    if stopped.line or stopped.name.isdecimal():
        return stopped.line or int(stopped.name)
    owner, _, method = stopped.name.rpartition(".")
    function = source.classes.get(owner, {}).get(method) if owner else source.functions.get(stopped.name)
    return function.line if function else 0


def look(started: Child, source: Source, trial: Trial, failed: Sequence[Mapping[str, Any]]) -> Looked:
    """Run a trial and judge it; ``failed`` are the statements of the file that could not be run.

    Raises StoppedError.
    """
    reply = started.ask({"do": "run", "plans": [trial.plan], "experiments": [{}], "record": False})
    run = reply["runs"][0] if "runs" in reply else reply
    found = Looked(trial.function, trial.aspect, trial.data, ())
    if run["error"]:
        return replace(found, crash=crash_of(source, run["error"], failed))
    if unwritten := _unwritten(trial, run["given"]):
        line = source.line_of_return(trial.function)
        say = f"this function is not written yet: {unwritten}"
        return replace(found, crash=Crash(line, "NotImplementedError", unwritten, say))
    changed = tuple(f"it changes its input {name} in place" for name in run["changed"])
    order = order_given(trial, run["given"])
    return replace(found, results=judge(trial, run["given"]), notes=changed, order=order)


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


def judge(trial: Trial, given: Mapping[str, Any]) -> tuple[Result, ...]:
    """Return the verdict on each result of a trial."""
    wanted = trial.right_for(given) if trial.right_for else trial.wanted
    if isinstance(wanted, str):
        return tuple(Result(name, Verdict.WRONG, None, wanted, np.zeros(0)) for name in trial.results)
    found = [judged(name, results_of(given, trial.results[name]), right) for name, right in wanted.items()]
    return tuple(together(trial, given, found))
