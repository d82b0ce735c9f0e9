"""What a daemon reads of the journal when it starts: all of it in one file, as it was before there was rotation, and of
the same lines in rotated files, after an hour and after a long time. `LINES=1000000` says how long.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count, islice
from pathlib import Path

from acd.callback_history import history
from acd.callback_rules import CallbackRules
from acd.estimates import Estimates
from cti.callbacks.restoration import told
from cti.estimates import RECALLED, recall
from cti.recording_pauses import open_pauses
from cti.restoration import latest
from recording.series import MOST_BYTES, Series
from recording.standing import keep_standing, since, standing
from tests.load.bench import write
from tests.load.busy_hours import busy_hours

LINES = int(os.environ.get("LINES", "1000000"))
SHORT = 20_000
"""Lines of a busy hour."""
CALLS = 5_000
_AT_MS = re.compile(rb'"at_ms": ?(\d+)')


def lines(folder: Path) -> Iterator[bytes]:
    """A journal without end: busy hours, again and again, each time later."""
    _, journal = busy_hours(CALLS, folder)
    hours = [line.replace(b'": ', b'":').replace(b', "', b',"') for line in journal.open("rb")]
    times = [int(found[1]) for line in hours if (found := _AT_MS.search(line))]
    span_ms = max(times) - min(times)
    for again in count():
        yield from (_later(line, again * span_ms) for line in hours)


def _later(line: bytes, by_ms: int) -> bytes:
    return _AT_MS.sub(lambda found: b'"at_ms":%d' % (int(found[1]) + by_ms), line)


def learn(held: Iterable[bytes]) -> None:
    """What a start makes of these lines."""
    kept = [*held]
    latest(kept)
    open_pauses(kept)
    history(told(kept), lambda queue: CallbackRules())


def whole(journal: Path) -> int:
    """The start as it was; returns the bytes read."""
    for reader in (latest, open_pauses, lambda some: history(told(some), lambda queue: CallbackRules())):
        with journal.open("rb") as some:
            reader(some)
    recall(Estimates(lambda agent, queue: True, lambda linkedid: None), journal)
    size = journal.stat().st_size
    return 3 * size + min(RECALLED, size)


def rotated(journal: Path) -> int:
    """The start as it is; returns the bytes read."""
    learn(standing(journal))
    recall(Estimates(lambda agent, queue: True, lambda linkedid: None), journal)
    series = Series(journal)
    beside, files = since(series, series.number)
    size = sum(path.stat().st_size for path in series.files())
    read = sum(path.stat().st_size for path in (beside, *files) if path is not None)
    return read + min(RECALLED, size)


def timed(work: Callable[[Path], int], journal: Path) -> Mapping[str, float]:
    """Megabytes read and seconds of processor time."""
    began_s = time.process_time()
    read = work(journal)
    return {"mb": round(read / 1e6, 1), "cpu_s": round(time.process_time() - began_s, 2)}


def write_rotated(journal: Path, some: Iterable[bytes]) -> None:
    """These lines in files as the journal's writer makes them."""
    series, size = Series(journal), 0
    journal.parent.mkdir()
    sink = journal.open("wb")
    for line in some:
        if size >= MOST_BYTES:
            sink.close()
            series.move_aside()
            sink, size = journal.open("wb"), 0
        sink.write(line)
        size += len(line)
    sink.close()


def main() -> None:
    """Measure, print, write var/bench/restart.json."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        one, many, few = folder / "one.jsonl", folder / "many/facts.jsonl", folder / "few/facts.jsonl"
        with one.open("wb") as sink:
            sink.writelines(islice(lines(folder), LINES))
        with one.open("rb") as some:
            write_rotated(many, some)
        with one.open("rb") as some:
            write_rotated(few, islice(some, SHORT))
        began_s = time.process_time()
        keep_standing(many)
        noting_s = round(time.process_time() - began_s, 2)
        before = timed(whole, one)
        after = {"long": timed(rotated, many), "an hour": timed(rotated, few)}
        held = Series(many).held(Series(many).number)
        print(f"{LINES} lines, {one.stat().st_size >> 20} MB; before: {before}; after: {after}")
        print(f"what holds: {held.stat().st_size / 1000:.0f} kB; noted in {noting_s} s for all files")
        write("restart", after, before, lines=LINES, noting_cpu_s=noting_s, held_bytes=held.stat().st_size)


if __name__ == "__main__":
    main()
