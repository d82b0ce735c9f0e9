"""The prompts of all tests on real parts: spoken once on a machine, by whichever test process comes first. They are
named by what makes their sound, so those of another version of the code are not taken for them.
"""

import asyncio
import fcntl
from collections.abc import Iterable
from pathlib import Path

from ivr.flow.steps import Prompt
from ivr.prompts import Prompts

FOLDER = Path(__file__).parents[1] / "var/test-prompts"


def provide(prompts: Iterable[Prompt]) -> Path:
    """The folder, with these in it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two that make the same would both take twice as long
        asyncio.run(Prompts(FOLDER).make(prompts))
    return FOLDER


def lend(state: Path, prompts: Path = FOLDER) -> None:
    """Let the instance of this state folder have them for its own."""
    own = state / "sounds/prompts"
    own.parent.mkdir(parents=True, exist_ok=True)
    if own.is_dir():
        own.rmdir()
    own.symlink_to(prompts)
