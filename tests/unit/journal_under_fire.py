"""Writes a journal in processes that are killed with -9: the first before its first system call that changes something,
the next before its second, and so on until one lives to the end. Each states its facts, of which every third begins a
new file, notes what holds, and removes what is old. `python -m … FOLDER` prints for each which facts it had stated, as
far as it knew. A program of its own, because only a process with one thread may be forked.
"""

import os
import sys
from pathlib import Path

from acd.facts import LinkChanged
from recording.journal import Journal
from recording.rotation import remove
from recording.series import Series
from recording.standing import keep_standing
from tests.unit.versions_under_fire import kill_before

FACTS = 8
DAY_MS = 86_400_000
FIRST_DAY = 30_000


def work(journal: Path, call: int) -> None:
    """A life: each fact is acknowledged once it is written."""
    written = Journal(journal)
    for number in range(FACTS):
        day = FIRST_DAY + 10 * call + number // 3
        written.append(LinkChanged(at_ms=day * DAY_MS, node=f"life{call}fact{number}", up=True))
        sys.stdout.write(f"stated {call} {number}\n")
        sys.stdout.flush()
    keep_standing(journal)
    series = Series(journal)
    remove(series, series.aside()[:-4])
    written.close()


def main() -> None:
    """Until one lives."""
    journal, call, died = Path(sys.argv[1]) / "facts.jsonl", 0, True
    while died:
        child = os.fork()
        if child == 0:
            kill_before(call)
            work(journal, call)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status)
        call += 1


if __name__ == "__main__":
    main()
