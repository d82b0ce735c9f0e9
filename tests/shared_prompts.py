"""The sounds of all tests on real parts: spoken once on a machine, by whichever test process comes first. They are
named by what makes their sound, so those of another version of the code are not taken for them.
"""

import asyncio
import fcntl
from pathlib import Path

from cti.centre import Centre
from cti.sounds import make_sounds
from ivr.prompts import Prompts

FOLDER = Path(__file__).parents[1] / "var/test-prompts"


def provide(centre: Centre) -> Path:
    """The folder, with all that this centre says in it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two that make the same would both take twice as long
        asyncio.run(make_sounds(Prompts(FOLDER), centre))
    return FOLDER


def lend(state: Path, prompts: Path = FOLDER) -> None:
    """Let the instance of this state folder have them for its own."""
    own = state / "sounds/prompts"
    own.parent.mkdir(parents=True, exist_ok=True)
    if own.is_dir():
        own.rmdir()
    own.symlink_to(prompts)
