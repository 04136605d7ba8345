"""Fresh virtual environments that hold one installed copy of bn-tutor and what it declares to need.

The dependencies are not downloaded again: the running environment's copies are linked. Only those that the
requirements name, directly or through one another, are there, so an undeclared import fails.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

BIN = "Scripts" if os.name == "nt" else "bin"


@dataclass(frozen=True)
class Environment:
    folder: Path

    @property
    def python(self):
        return self.folder / BIN / "python"

    @property
    def command(self):
        return self.folder / BIN / "bn-tutor"

    @property
    def packages(self):
        return Path(run(self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())


def run(*command, folder=None):
    """Run a command that must succeed, away from this checkout's own paths; return what it printed."""
    finished = attempt(*command, folder=folder)
    assert finished.returncode == 0, f"{command}: {finished.returncode}\n{finished.stdout}{finished.stderr}"
    return finished.stdout


def attempt(*command, folder=None):
    """Run a command away from this checkout's own paths; return how it ended and what it printed."""
    paths = ("PYTHON", "BN_TUTOR_LESSONS")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(paths)}
    command = [str(part) for part in command]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True)


def installed(folder, requirements, *what):
    """Return a new environment with the linked requirements, in which pip has installed ``what``."""
    run(sys.executable, "-m", "venv", folder / "venv")
    environment = Environment(folder / "venv")
    link_distributions(needed(requirements), folder / "dependencies")
    pointer = environment.packages / "dependencies.pth"
    pointer.write_text(f"{folder / 'dependencies'}\n", encoding="utf-8")
    pip = (environment.python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps")
    run(*pip, *what)
    return environment


def needed(requirements):
    """Return the names of the distributions that the requirements lead to on this machine."""
    found = set()
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        if applies(requirement) and requirement.name not in found:
            found.add(requirement.name)
            waiting += distribution(requirement.name).requires or []
    return found


def applies(requirement):
    return requirement.marker is None or requirement.marker.evaluate({"extra": ""})


def link_distributions(names, folder):
    folder.mkdir()
    for name in names:
        for top in top_level(distribution(name)):
            (folder / top.name).symlink_to(top)


def top_level(found):
    """Return the files and folders that a distribution has at the top of site-packages."""
    names = {file.parts[0] for file in found.files} - {"..", "__pycache__"}
    return [Path(found.locate_file(name)) for name in names]
