"""An Asterisk that tells of ends and does not write them down is noticed, and that it writes again is, too."""

import os
from pathlib import Path

import pytest

from cti.ledger_watch import LedgerWatch

pytestmark = pytest.mark.unit

SECOND_NS = 1_000_000_000
NOON_NS = 1_795_348_800 * SECOND_NS


class Told:
    """A watch over a ledger; times are seconds since noon."""

    def __init__(self, folder: Path) -> None:
        self.ledger = folder / "ledger.csv"
        self.lost = 0
        self.watch = LedgerWatch(self.ledger, lambda _: None, self._lost)

    def _lost(self) -> None:
        self.lost += 1

    def written(self, at_s: float, name: str = "ledger.csv") -> None:
        """Asterisk writes a line."""
        at_ns = NOON_NS + round(at_s * SECOND_NS)
        file = self.ledger.with_name(name)
        file.touch()
        os.utime(file, ns=(at_ns, at_ns))

    async def silent(self, ended_s: float) -> bool:
        """Whether it is, a while after this end."""
        await self.watch.look(NOON_NS + round(ended_s * SECOND_NS))
        return self.watch.silent


async def test_an_end_that_is_written_down_is_well(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.written(10.1)
    assert not await told.silent(10)
    assert not await told.silent(11), "the line came before the word, by a little"
    assert told.lost == 0


async def test_an_end_that_is_not_written_down_is_told_until_one_is(tmp_path: Path) -> None:
    told = Told(tmp_path)
    assert await told.silent(10), "there is no ledger at all"
    told.written(8)
    assert await told.silent(10)
    assert told.lost == 2, "what ended is over, though nobody writes that down"
    told.written(20)
    assert not await told.silent(20)
    assert told.lost == 3, "the last of them may have ended unnoticed"
    assert not await told.silent(20)
    assert told.lost == 3


async def test_a_ledger_that_was_moved_aside_meanwhile_counts(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.written(1, "ledger.csv.000001")
    told.written(10, "ledger.csv.000002")
    assert not await told.silent(10)
    assert await told.silent(12)
