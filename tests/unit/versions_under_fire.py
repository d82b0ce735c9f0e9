"""Publishes one version after another in processes that are killed with -9: the first before its first system call that
changes something, the next before its second, and so on until one lives to the end. `python -m … FOLDER` prints for
each what was found afterwards. A program of its own, because only a process with one thread may be forked.
"""

import fcntl
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cti.versions.manifest import Order
from cti.versions.store import Versions

CALLS = ("open", "write", "fchmod", "fsync", "close", "rename", "replace", "mkdir", "link", "unlink", "rmdir")
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SOUND = b"RIFF" * 100


def files(text: str) -> dict[str, bytes]:
    """A set of files that says this text everywhere."""
    return {**{name: text.encode() for name in ("centre.yaml", "flows/a.yaml")}, "sounds/en/bell.wav": SOUND}


def kill_before(call: int) -> None:
    """This process dies before its system call of that number, from 0."""
    left = call

    def mined(function: Any) -> Any:
        def called(*arguments: Any, **keywords: Any) -> Any:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return function(*arguments, **keywords)

        return called

    for name in CALLS:
        setattr(os, name, mined(getattr(os, name)))
    fcntl.flock = mined(fcntl.flock)


def publish(versions: Versions, text: str) -> None:
    """Publish files that say this text."""
    with versions.publishing() as press:
        press.stage(files(text), AT, Order(base=0, by="Wang", why=text))
        press.commit()


def killed(versions: Versions, text: str, call: int) -> bool:
    """Publish in a process that dies before that call; whether it did."""
    child = os.fork()
    if child == 0:
        kill_before(call)
        publish(versions, text)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def main() -> None:
    """For each call: its number, the version found, and what its files say, or `-` where they do not agree."""
    versions = Versions(Path(sys.argv[1]))
    call = 0
    while True:
        died = killed(versions, f"call {call}", call)
        number = versions.current
        found = versions.files(number) if number else {}
        why = versions.manifest(number).why if number else "nothing"
        print(call, number, why if found == (files(why) if number else {}) else "-", flush=True)
        if not died:
            return
        call += 1


if __name__ == "__main__":
    main()
