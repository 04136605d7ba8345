"""--data: files that are walked, and that one million rows stay within bounds."""

import json
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest

ROWS = [[1.5, -2.0, 3.25], [4.0, 5.5, 6.0]]
ONE_MILLION = 1_000_000
# Runs a program and writes, last of all, the most memory that it had, in kilobytes, to stderr.
MEASURED = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


def lines_of(separator, heading=()):
    return "".join(f"{separator.join(map(str, row))}\n" for row in [*heading, *ROWS])


TEXTS = {
    "plain.csv": lines_of(","),
    "heading.csv": lines_of(",", [["height", "mass", "[bold]age"]]),
    "semicolons.csv": lines_of(";"),
    "semicolons and heading.csv": lines_of(";", [["a", "b", "c"]]),
    "mark.csv": "\ufeff" + lines_of(","),
    "mark and heading.csv": "\ufeff" + lines_of(",", [["a", "b", "c"]]),
    "windows.csv": lines_of(",").replace("\n", "\r\n"),
    "no last line end.csv": lines_of(",").rstrip("\n"),
    "tabs.tsv": lines_of("\t"),
    "spaces.txt": lines_of("  "),
    "UPPER.CSV": lines_of(","),
    "[red]x[bold]\x1b[31m.csv": lines_of(","),
    "just x.json": json.dumps({"x": ROWS}),
    "inputs.json": json.dumps({"inputs": {"x": ROWS}}),
    "mark.json": "\ufeff" + json.dumps({"x": ROWS}),
}


def test_text_that_holds_x(document, each, written):
    paths = [written(name, content) for name, content in TEXTS.items()]
    documents = each(document, [("--data", path) for path in paths])
    found = dict(zip(TEXTS, (each["inputs"]["x"] for each in documents), strict=True))
    assert found == dict.fromkeys(TEXTS, ROWS)
    assert documents[0]["sizes"] == {"N": 2, "D": 3}


@pytest.mark.parametrize("rows", [[[1.0, 2.0, 3.0]], [[1.0], [2.0], [4.0]]])
def test_one_row_or_one_column(document, written, rows):
    text = "".join(f"{','.join(map(str, row))}\n" for row in rows)
    assert document("--data", written("x.csv", text))["inputs"]["x"] == rows


@pytest.mark.parametrize("upstream", ["upstream", "dout"])
def test_archive_with_any_input_and_the_upstream(document, tmp_path, upstream):
    random = np.random.default_rng(3)
    given = {
        "x": random.normal(size=(5, 2)),
        "gamma": random.normal(size=2),
        upstream: random.normal(size=(5, 2)),
    }
    np.savez(tmp_path / "all.npz", **given)
    found = document("--data", "all.npz")
    assert found["inputs"]["x"] == given["x"].tolist()
    assert found["inputs"]["gamma"] == given["gamma"].tolist()
    assert found["upstream"] == given[upstream].tolist()


def test_archives_of_other_numbers(document, each, tmp_path):
    kinds = ["int64", "uint8", "float16", "bool"]
    for kind in kinds:
        np.savez(tmp_path / f"{kind}.npz", x=np.array([[1, 0], [1, 1]], dtype=kind))
    documents = each(document, [("--data", f"{kind}.npz") for kind in kinds])
    assert [found["inputs"]["x"] for found in documents] == [[[1.0, 0.0], [1.0, 1.0]]] * 4


def test_eps_on_the_command_line_wins(document, written):
    path = written("eps.json", '{"eps": 0.25}')
    assert document("--data", path)["inputs"]["eps"] == 0.25
    assert document("--data", path, "--eps", "0.5")["inputs"]["eps"] == 0.5


def test_constant_column_is_walked(walk, written):
    text = walk("--data", written("x.csv", "3,1\n3,2\n"), "--eps", "0")
    assert "inf" in text
    assert "backward 10 of 10" in text


# --- one million rows -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def million(tmp_path_factory):
    """A CSV file of one million rows of two columns."""
    rows = np.random.default_rng(5).normal(size=(1000, 2))
    block = "".join(f"{first:.6f},{second:.6f}\n" for first, second in rows)
    path = tmp_path_factory.mktemp("million") / "million.csv"
    path.write_text(block * (ONE_MILLION // 1000))
    return path


@pytest.fixture
def measured(tmp_path, environment):
    """Run a walk; return what it printed and the most bytes of memory that it had."""

    def measure(*arguments):
        command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "bn_tutor", "walk", *arguments]
        result = subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, encoding="utf-8", timeout=60
        )
        *said, kilobytes = result.stderr.splitlines()
        return result, said, int(kilobytes) * 1024

    return measure


def test_one_million_rows_are_summed_up(measured, million):
    result, said, memory = measured("--data", million, "--from", "x", "--backward")
    assert (result.returncode, said) == (0, [])
    assert f" node 0   x, an input   shape ({ONE_MILLION}, 2)\n" in result.stdout
    assert "⋮ 999,995 more\n" in result.stdout
    assert re.search(r"…\s+\S+,\s", result.stdout)
    assert re.search(r"\bmean −?\d", result.stdout)
    assert len(result.stdout) < 10_000
    assert memory < 1.5e9


def test_archive_that_claims_to_be_enormous(measured, tmp_path):
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**11, 3)}
    write_archive(tmp_path / "enormous.npz", header)
    result, said, memory = measured("--data", "enormous.npz")
    assert result.returncode == 2
    assert len(said) == 1
    assert said[0].startswith("bn-tutor: enormous.npz: ")
    assert memory < 1.5e9


def test_archive_that_unpacks_to_very_much(measured, tmp_path):
    # 300 million zeros, 2.4 GB, are 2.4 MB when compressed.
    header = {"descr": "<f8", "fortran_order": False, "shape": (300_000_000, 1)}
    write_archive(tmp_path / "zeros.npz", header, 2400)
    result, said, memory = measured("--data", "zeros.npz")
    assert (result.returncode, len(said)) == (2, 1)
    assert memory < 1.5e9


def write_archive(path, header, megabytes=0):
    """Write an archive of one array, x: a header, and so many megabytes of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        file = archive.open("x.npy", "w", force_zip64=True)
        np.lib.format.write_array_header_1_0(file, header)
        for _ in range(megabytes):
            file.write(bytes(1_000_000))
        file.close()
