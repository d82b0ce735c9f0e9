"""Which Asterisk runs: the one named in the settings, the machine's own, or the private tree of `asterisk/provide`."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cti.settings import HOME, Settings

OLDEST = 20
TREE = HOME / "var" / "tree"


class AsteriskMissing(Exception):
    """There is no Asterisk to run."""

    id = "asterisk-missing"


class AsteriskTooOld(Exception):
    """There is one, of a version that lacks what we need."""

    id = "asterisk-too-old"


@dataclass(frozen=True, slots=True)
class Installation:
    """How to run an Asterisk: the words before its options, and where a tree keeps what the program seeks in /usr."""

    command: tuple[str, ...]
    version: str
    directories: tuple[str, ...] = ()


def find_installation(settings: Settings, tree: Path = TREE, path: str | None = None) -> Installation:
    """The Asterisk to run; raises AsteriskMissing or AsteriskTooOld. `path` stands in for PATH."""
    if settings.asterisk is not None:
        place = settings.asterisk
        return _recent(_in_tree(place) if place.is_dir() else _program(place))
    found = shutil.which("asterisk", path=path or f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is not None:
        own = _program(Path(found))
        if _major(own.version) >= OLDEST or not tree.is_dir():
            return _recent(own)
    if tree.is_dir():
        return _recent(_in_tree(tree))
    raise AsteriskMissing(
        f"no asterisk on PATH and no private tree at {tree}: `make setup` makes one (asterisk/provide)"
    )


def _program(path: Path) -> Installation:
    return Installation((str(path),), _version((str(path),)))


def _in_tree(tree: Path) -> Installation:
    """The tree is not at / but its programs think so: its own loader finds its libraries, asterisk.conf the rest."""
    program = tree / "usr/sbin/asterisk"
    loaders = sorted(tree.glob("usr/lib*/ld-linux*.so.*"))
    libraries = sorted(tree.glob("usr/lib/*-linux-gnu"))
    if not (program.is_file() and loaders and libraries):
        raise AsteriskMissing(f"{tree} holds no whole Asterisk: expected usr/sbin/asterisk, its loader and libraries")
    command = (str(loaders[0]), "--library-path", str(libraries[0]), str(program))
    directories = (
        f"astmoddir => {libraries[0] / 'asterisk/modules'}",
        f"astdatadir => {tree / 'usr/share/asterisk'}",
    )
    return Installation(command, _version(command), directories)


def _version(command: tuple[str, ...]) -> str:
    try:
        answer = subprocess.run([*command, "-V"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise AsteriskMissing(f"{command[-1]} does not run: {error}") from None
    return answer.strip().removeprefix("Asterisk ")


def _major(version: str) -> int:
    number = re.match(r"(?:certified[-/])?(\d+)", version)
    return int(number[1]) if number else 0


def _recent(installation: Installation) -> Installation:
    if _major(installation.version) < OLDEST:
        raise AsteriskTooOld(
            f"{installation.command[-1]} is Asterisk {installation.version}; expected {OLDEST} or newer. "
            "`make setup` makes a private one (asterisk/provide) and leaves this one alone"
        )
    return installation
