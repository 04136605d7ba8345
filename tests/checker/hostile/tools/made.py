"""Put hostile programs into a folder: the stored ones, and those that git or editors dislike."""

import json
import os
import tomllib
from pathlib import Path

PROGRAMS = Path(__file__).parents[1]
TABLE = tomllib.loads(PROGRAMS.with_suffix(".toml").read_text(encoding="utf-8"))


def part(name):
    return (PROGRAMS / "then" / f"{name}.py").read_text(encoding="utf-8")


def parts(*names):
    return "".join(f"\n\n{part(name)}" for name in names)


RIGHT = parts("forward", "backward")
WRONG = parts("wrong_forward", "backward")
SLIP = "1 / (x.var(axis=0) + eps)\n"
NEIGHBOURS = ("json.py", "pickle.py", "numpy.py", "typing.py", "bn_tutor.py", "sitecustomize.py")
NOTEBOOK = {"cells": [{"cell_type": "code", "execution_count": None, "source": [RIGHT]}], "nbformat": 4}

# How each is made: its file's name, which has no word that is looked for in messages, and its content.
MADE = {
    "empty": ("mine.py", lambda: ""),
    "binary": ("mine.py", lambda: bytes(range(256)) * 64),
    "null_byte": ("mine.py", lambda: f"{RIGHT}\nx = '\0'\n"),
    "notebook": ("mine.ipynb", lambda: json.dumps(NOTEBOOK)),
    "ten_megabytes": ("mine.py", lambda: "# a long comment\n" * 600_000 + RIGHT),
    "ten_megabytes_of_numbers": ("mine.py", lambda: f"{RIGHT}\nx = [{'0, ' * 3_500_000}]\n"),
    "ten_megabytes_of_text": ("mine.py", lambda: f"{RIGHT}\nx = '{'spam' * 2_500_000}'\n"),
    "wrong_line_of_a_megabyte": (
        "mine.py",
        lambda: WRONG.replace(SLIP, f"{SLIP[:-1]}  # {'spam ' * 200_000}\n"),
    ),
    "latin_1": ("mine.py", lambda: f"size = 'Größe'\n{RIGHT}".encode("latin-1")),
    "latin_1_declared": ("mine.py", lambda: f"# coding: latin-1\n# Größe\n{RIGHT}".encode("latin-1")),
    "unknown_coding": ("mine.py", lambda: f"# coding: spam\n{RIGHT}"),
    "utf_8_with_a_mark": ("mine.py", lambda: f"# Größe\n{RIGHT}".encode("utf-8-sig")),
    "utf_16": ("mine.py", lambda: RIGHT.encode("utf-16")),
    "windows_lines": ("mine.py", lambda: RIGHT.replace("\n", "\r\n")),
    "old_mac_lines": ("mine.py", lambda: RIGHT.replace("\n", "\r")),
    "no_last_newline": ("mine.py", lambda: RIGHT.rstrip()),
    "deep_brackets": ("mine.py", lambda: f"{RIGHT}\nx = {'(' * 50_000}0{')' * 50_000}\n"),
    "deep_minus": ("mine.py", lambda: f"{RIGHT}\nx = {'-' * 100_000}0\n"),
    "deep_attributes": ("mine.py", lambda: f"{RIGHT}\nx = np{'.a' * 100_000}\n"),
    "deep_sum": ("mine.py", lambda: f"{RIGHT}\nx = 0{' + 0' * 100_000}\n"),
    "deep_blocks": ("mine.py", lambda: "".join(f"{' ' * depth}if 1:\n" for depth in range(200))),
    "name_with_spaces": ("a file  with spaces.py", lambda: RIGHT),
    "name_with_markup": ("[bold red]x[blink].py", lambda: WRONG),
    "name_with_an_escape": ("\x1b]0;owned\x07\x9b31m.py", lambda: RIGHT),
    "name_with_an_escape_and_a_slip": ("\x1b[31mowned.py", lambda: "import numpy\ndef f(:\n"),
    "name_with_a_newline": ("two\nlines.py", lambda: RIGHT),
    "name_not_in_unicode": (os.fsdecode(b"caf\xe9.py"), lambda: WRONG),
    "name_without_suffix": ("program", lambda: RIGHT),
    "name_of_numpy": ("numpy.py", lambda: RIGHT),
    "escape_in_the_wrong_line": (
        "mine.py",
        lambda: WRONG.replace(SLIP, f"{SLIP[:-1]}  # \x1b[31m\x9b31m\n"),
    ),
    "markup_in_the_wrong_line": ("mine.py", lambda: WRONG.replace(SLIP, f"{SLIP[:-1]}  # [/red][bold]\n")),
}


def make_neighbours(path):
    path.write_text(RIGHT, encoding="utf-8")
    for name in NEIGHBOURS:
        path.with_name(name).write_text("raise SystemExit(0)\n", encoding="utf-8")


# What is no plain file, or more than one.
MADE_OTHERWISE = {
    "folder": lambda path: path.mkdir(),
    "missing": lambda path: None,
    "fifo": os.mkfifo,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "link_to_itself": lambda path: path.symlink_to(path),
    "neighbours_with_great_names": make_neighbours,
}


def stored_program(name):
    return (PROGRAMS / f"{name}.py").read_text(encoding="utf-8") + parts(*TABLE[name].get("then", []))


def put_program(name, folder):
    """Put a program into a folder of its own, since some change or remove what they find there."""
    if name in MADE_OTHERWISE:
        path = folder / "mine.py"
        MADE_OTHERWISE[name](path)
        return path
    file, content = MADE.get(name, ("mine.py", lambda: stored_program(name)))
    path, inside = folder / file, content()
    path.write_bytes(inside if isinstance(inside, bytes) else inside.encode("utf-8"))
    return path
