"""The keys of a quiz, as its JSON tells them."""

import json


def run_with(run, written, lines, *options, **changes):
    """Run a quiz with a file of answers."""
    answers = written("answers.txt", "".join(f"{line}\n" for line in lines))
    return run("quiz", *options, "--answers", answers, **changes)


def keys_of(run, written, *options):
    """Return the right answers of the questions that these options ask; nothing of it is kept."""
    state = str(written("elsewhere", ""))  # a file, in which no folder can be made
    result = run_with(run, written, ["s"] * 200, *options, "--json", BN_TUTOR_STATE=state)
    assert result.returncode == 0, result.stderr
    return [question["key"] for question in json.loads(result.stdout)["questions"]]
