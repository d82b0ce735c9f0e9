"""No caller and no record is lost, whatever dies: a whole centre under mixed traffic, of which again and again
something is killed with -9 or taken away (tests.load.soak_faults), as long as `--minutes` says; then every caller,
every record and every recording is held to account.

    make soak                       an hour on PostgreSQL
    python -m tests.load.soak --minutes 10 --every 30 --database sqlite

What must hold at the end: no caller was cut off, left unanswered or turned out but those of whom Asterisk itself was
killed; each caller has exactly one record; records agree with Asterisk's own; the queues balance; all talk is
recorded; no call-back is forgotten; no agent was ever offered two calls at once.
"""

import argparse
import asyncio
import json
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from cti.accounts import load_credentials, provide_credentials
from cti.centre import load_centre
from cti.simulation.call import Moment
from ivr.music import provide_music
from recording.balance.watch import check
from recording.record import ASTERISK_LOST, CallRecord
from recording.recorded import missing_talk
from recording.store import Store
from tests.integration.asterisk_fixture import free_settings
from tests.integration.centre_fixture import RunningCentre
from tests.integration.reconciled import caught_up
from tests.load.away import Database, database
from tests.load.bench import FOLDER, note_agreement, reconciled, run, write
from tests.load.records import all_records
from tests.load.soak_faults import Faults
from tests.load.soak_people import CUSTOMERS, Caller, People
from tests.shared_prompts import lend, provide

HOME = Path(__file__).parents[2]
FAILED = FOLDER / "soak-failed"
"""What is left of one that came to no end."""

AGENTS = 4
CHANNELS = 100
MUST_NOT_RISE = ("reservation-violated", "queue-count-wrong", "queue-balance-breached")
LEAST_S = 1.0
"""Who came so shortly before Asterisk was killed may have left nothing in its ledger."""


@asynccontextmanager
async def soaked_centre(kind: str) -> AsyncIterator[tuple[RunningCentre, Database]]:
    """The centre of the tests of the path, with more agents, who can do everything."""
    state = Path(tempfile.mkdtemp(prefix="callcenter-"))
    try:
        dialplans = state / "dialplans"
        for source in (HOME / "dialplans", HOME / "tests/fixtures/floor"):
            shutil.copytree(source, dialplans, dirs_exist_ok=True)
        centre_file = dialplans / "centre.yaml"
        centre_file.write_text(centre_file.read_text("utf-8").replace("line: mobilenet", "line: line"), "utf-8")
        (state / "accounts.json").write_text(json.dumps({"agents": [_account(1001 + n) for n in range(AGENTS)]}))
        provide_credentials(state)
        provide_music(state / "sounds/music/default")
        lend(state, await asyncio.to_thread(provide, load_centre(dialplans)))
        async with database(kind, state) as taken:
            settings = free_settings(state, rtp_ports=2 * CHANNELS).model_copy(
                update={"dialplans": dialplans, "database": taken.address}
            )
            centre = RunningCentre(settings, load_credentials(state))
            try:
                await centre.start()
                yield centre, taken
                await centre.stop()
                await note_agreement(settings)
            except BaseException:
                _keep_evidence(state)
                raise
            finally:
                await centre.stop()
    finally:
        shutil.rmtree(state)


async def soak(minutes: float, every_s: float, between_s: float, kind: str, seed: int) -> dict[str, Any]:
    """The whole of it; what came out, with `trouble` in words."""
    dice = Random(seed)
    async with soaked_centre(kind) as (centre, taken):
        faults = Faults(centre, taken, dice)
        async with centre.phones(customers=CUSTOMERS, audio=True) as phones:
            await phones.register()
            people = People(centre, phones, dice)
            async with people.at_work(between_s):
                await _while(faults.run(every_s), minutes * 60)
            alarms = Counter(one["alarm"] for one in centre.messages if one.get("fact") == "AlarmRaised")
            forgotten = await _forgotten(centre, people.callbacks)
        await centre.stop()
        store = Store(centre.settings.database_url)
        try:
            await caught_up(store, centre.settings)
            now = datetime.now(UTC)
            unbalanced = [one for one in await check(store, now - timedelta(days=1), now) if not one.holds]
            records = [record async for record in all_records(store)]
        finally:
            await store.close()
    callers = judged(people, faults, records)
    lacking = [one.id for one in records if one.recordings and one.reason != ASTERISK_LOST and missing_talk(one)]
    trouble = [
        *callers,
        *(f"queue {one.queue} lost {one.lost}" for one in unbalanced),
        *(f"talk of {one} is not recorded" for one in lacking),
        *(f"call-back {one} is forgotten" for one in forgotten),
        *(f"alarm {alarm}, {times} times" for alarm, times in alarms.items() if alarm in MUST_NOT_RISE),
    ]
    return {
        "callers": len(people.callers),
        "of_these": Counter(one.story for one in people.callers),
        "gave_up": sum(not one.patient for one in people.callers),
        "records": len(records),
        "outcomes": Counter(one.outcome.value for one in records),
        "asterisk_lost": sum(one.reason == ASTERISK_LOST for one in records),
        "reconstructed": sum(one.reconstructed for one in records),
        "call_backs": len(people.callbacks),
        "longest_until_answered_s": max((_until_answered_s(one) for one in people.callers), default=0.0),
        "alarms": alarms,
        "faults": faults.told(),
        "trouble": trouble,
    }


def judged(people: People, faults: Faults, records: Sequence[CallRecord]) -> Iterator[str]:
    """Whoever was lost, and how: in the house, or between it and the records."""
    absent = faults.without_asterisk()
    served = people.served()
    found: dict[str, list[CallRecord]] = {}
    for record in records:
        found.setdefault(record.caller, []).append(record)
    for caller in people.callers:
        fallen = any(caller.dialled_s <= until and caller.left_s >= since for since, until in absent)
        if not fallen and (fate := _lost(caller, people, served)):
            when = f"{_clock(caller.dialled_s)} to {_clock(caller.left_s)}"
            yield f"caller {caller.number} ({caller.story}, {when}) {fate}"
        known = len(found.get(caller.number, ()))
        answered_us = caller.call.at_us.get(Moment.ANSWERED)
        sure = answered_us is not None and not any(
            since - LEAST_S <= answered_us / 1e6 <= until for since, until in absent
        )
        if known > 1 or (known == 0 and sure):
            yield f"caller {caller.number} ({caller.story}, {_clock(caller.dialled_s)}) has {known} records"


def _lost(caller: Caller, people: People, served: Any) -> str:
    """What became of a caller who was lost; empty for all others."""
    call = caller.call
    if not call.over:
        return "has no end"
    if Moment.ANSWERED not in call.at_us and not call.ended_here:
        return f"was refused with {call.status}"
    legs = served.get(caller.number, [])
    cut = legs and not any(leg.ended_here or leg in people.sent_on for leg in legs)
    if call.ended_here is False and cut:
        return "was cut off in conversation"
    if call.ended_here is False and not legs and caller.story in ("menu", "agent", "leaves"):
        return "was hung up on"
    if call.ended_here and not caller.patient and not legs:
        return "was served by nobody"
    return ""


def _until_answered_s(caller: Caller) -> float:
    moments = caller.call.at_us
    if Moment.ANSWERED not in moments:
        return 0.0
    return round((moments[Moment.ANSWERED] - moments[Moment.INVITED]) / 1e6, 2)


async def _while(work: Any, seconds: float) -> None:
    """The work for so long; what it raises is raised."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def _forgotten(centre: RunningCentre, asked: Sequence[str]) -> list[str]:
    """The call-backs that nobody knows any more."""
    unknown = []
    for name in dict.fromkeys(asked):
        status, _ = await centre.ask("GET", f"/api/callbacks/{name}")
        if status != 200:
            unknown.append(name)
    return unknown


def _keep_evidence(state: Path) -> None:
    """Logs, ledger and journal of a soak that failed."""
    shutil.rmtree(FAILED, ignore_errors=True)
    for name in ("test.log", "journal", "asterisk/log"):
        (FAILED / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (state / name).is_dir() else shutil.copy
        copy(state / name, FAILED / name)


def _account(number: int) -> dict[str, object]:
    return {
        "agent": str(number),
        "name": f"Agent {number}",
        "phone": str(number),
        "sip_password": secrets.token_hex(8),
        "pin": "123456",
        "skills": {"sales": 9, "support": 9},
    }


def _clock(moment_s: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment_s))


async def main() -> None:
    """The soak, the table, and the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long callers come")
    parser.add_argument("--every", type=float, default=60.0, help="seconds from one fault to the next, about")
    parser.add_argument("--between", type=float, default=1.5, help="seconds from one caller to the next, about")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    result = await soak(given.minutes, given.every, given.between, given.database, given.seed)
    trouble = result["trouble"]
    print(json.dumps({name: value for name, value in result.items() if name != "faults"}, indent=2))
    print(write("soak", result, None, conditions=vars(given)))
    if trouble and not any(one["differences"] for one in reconciled):
        sys.exit(f"{len(trouble)} things were lost")


if __name__ == "__main__":
    run(main())
