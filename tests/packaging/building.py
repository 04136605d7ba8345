"""Builds of bn-tutor and of lesson packs, and what is in them."""

import shutil
import sys
import tarfile
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

from tests.packaging.environments import run

ROOT = Path(__file__).parents[2]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md")
FOLDERS = ("bn_tutor", "lessons", "tests")
LITTER = shutil.ignore_patterns("__pycache__", "*.pyc")


def copy_tree(target):
    target.mkdir()
    for name in SOURCES:
        shutil.copy(ROOT / name, target)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, target / name, ignore=LITTER)
    return target


def build(source, target, *kinds):
    """Build with the tools of this environment; return the files that were made."""
    run(sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", target, source)
    return sorted(target.iterdir())


def unpacked(archive, target):
    with tarfile.open(archive) as opened:
        opened.extractall(target, filter="data")
    (folder,) = target.iterdir()
    return folder


def contents(wheel):
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata(wheel):
    (text,) = [data for name, data in contents(wheel).items() if name.endswith(".dist-info/METADATA")]
    return Parser().parsestr(text.decode())


def requirements(wheel):
    return metadata(wheel).get_all("Requires-Dist")
