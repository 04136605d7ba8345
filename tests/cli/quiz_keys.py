"""A learner at a quiz in a terminal, and the keys of a quiz, as its JSON tells them."""

import json
import re

# What a quiz ends with where it waits for a line; a terminal may move the cursor or clear after it.
END = rb" (?:\x1b\[[0-9;?]*[A-Za-z])*$"
PAUSE = re.compile(rb"(?:Enter|skips|goes on) --" + END)
PROMPT = re.compile(rb"(?:(?:letters?|number|shape|numpy|line)\)?>|(?:Enter|skips|goes on) --)" + END)


class Learner:
    """Somebody at a terminal with a quiz in it, who types only where the quiz waits for a line."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.seen = 0

    def __getattr__(self, name):
        return getattr(self.terminal, name)

    @property
    def new(self):
        """What the quiz wrote since something was typed."""
        return self.terminal.received[self.seen :]

    def waits(self, prompt=PROMPT):
        """Wait until the quiz waits for a line."""
        self.until(lambda: prompt.search(self.new))

    def types(self, *keys):
        """Type where the quiz waits for a line, at a question or at a pause."""
        self.waits()
        self.seen = len(self.terminal.received)
        self.send(*keys)

    def interrupts(self):
        """Press Ctrl-C where the quiz waits for a line, up to its summary; return the exit status.

        Python reads a line in C, and a signal between the prompt and the wait for a key is not noticed before
        the next key. Only a program can hit that moment; where nothing happens it presses again.
        """
        self.types("\x03")
        while not any(word in self.new for word in (b"first try", b"No question")):
            if not self.receive(2.0):
                self.send("\x03")
        return self.end()

    def leaves(self, *keys):
        """Type what ends the quiz; return the exit status."""
        if keys == ("\x03",):
            return self.interrupts()
        self.types(*keys)
        return self.end()

    def enters(self, text=""):
        """Type a line, and wait for what follows it: the next prompt."""
        self.types(text, "\r")
        self.waits()

    def goes_on(self):
        """Press Enter at every pause, up to the next question."""
        self.waits()
        while PAUSE.search(self.new):
            self.enters()


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
