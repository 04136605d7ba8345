"""The codes of all problems that a lesson can have; ``codes.md`` explains each one."""

from enum import StrEnum


class Code(StrEnum):
    """What kind of slip a problem is; the text is what is shown in ``error[code]``."""

    # The file and its front matter.
    UNREADABLE = "unreadable"
    NOT_UTF8 = "not-utf8"
    NO_FRONT_MATTER = "no-front-matter"
    NOT_TOML = "not-toml"
    UNKNOWN_FORMAT = "unknown-format"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_VALUE = "wrong-value"
    BAD_NAME = "bad-name"
    NAME_TAKEN = "name-taken"
    UNKNOWN_SIZE = "unknown-size"
    UNKNOWN_DRAW = "unknown-draw"
    UNKNOWN_SWITCH = "unknown-switch"
    BAD_DATA_FILE = "bad-data-file"
    UNUSED_INPUT = "unused-input"
    UNKNOWN_LESSON = "unknown-lesson"
    CIRCLE = "circle"
    # The blocks and the prose.
    UNCLOSED_BLOCK = "unclosed-block"
    UNKNOWN_BLOCK = "unknown-block"
    SECOND_SECTION = "second-section"
    MISPLACED_HEADING = "misplaced-heading"
    NO_GRAPH = "no-graph"
    NOT_A_LINE = "not-a-line"
    MISSING_PROSE = "missing-prose"
    UNKNOWN_SECTION = "unknown-section"
    WRONG_QUOTE = "wrong-quote"
    BROKEN_LINK = "broken-link"
    # The formulas.
    NOT_A_FORMULA = "not-a-formula"
    NOT_IN_LANGUAGE = "not-in-language"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_OPERATION = "unknown-operation"
    WRONG_ARGUMENT = "wrong-argument"
    WRONG_NUMBER = "wrong-number"
    COMPUTES_NOTHING = "computes-nothing"
    SHAPES_DISAGREE = "shapes-disagree"
    TOO_LARGE = "too-large"
    UNKNOWN_OUTPUT = "unknown-output"
    # What is proven.
    WRONG_LOCAL_GRADIENT = "wrong-local-gradient"
    WRONG_GRADIENT = "wrong-gradient"
    WRONG_SHAPE = "wrong-shape"
    UNUSED_LINE = "unused-line"
    MISSING_GRADIENT = "missing-gradient"
    NO_BACKWARD = "no-backward"
    BROKEN_CHAIN = "broken-chain"
    NOT_FINITE = "not-finite"
    UNPROVEN_VARIANTS = "unproven-variants"
    # Mistakes and questions.
    UNKNOWN_KIND = "unknown-kind"
    SAME_ID = "same-id"
    UNKNOWN_CHANGE = "unknown-change"
    HIDDEN_MISTAKE = "hidden-mistake"
    SAME_MISTAKE = "same-mistake"
    REJECTED_KEY = "rejected-key"
    ACCEPTED_OPTION = "accepted-option"
    AND_MORE = "and-more"


# What is worth a word, but leaves the lesson right: lint shows these, and they do not fail it.
WARNINGS = frozenset({Code.UNUSED_INPUT, Code.NO_BACKWARD, Code.UNPROVEN_VARIANTS})
