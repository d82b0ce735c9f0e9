"""Random stories of calls on one running centre, each held against its record: `make stories`, or

    python -m tests.load.stories --seed 1 --count 30

Prints each story with what is wrong with its record, keeps the lines of those that were wrong under `var/stories`,
and ends with 1 if any was. In the end the records of all calls are held against Asterisk's own, made anew from the
files, and must be the same, but for calls that Asterisk died in: their end is in no file.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path

from cti.centre import load_centre
from cti.settings import HOME
from cti.simulation.telephones import Telephones
from ivr.music import provide_music
from recording.ingest import Ingest
from recording.record import ASTERISK_LOST, CallRecord
from recording.store import Page, Store
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import running_floor
from tests.integration.reconciled import compared
from tests.load.stories.plan import AGENTS, plan
from tests.load.stories.stage import Stage
from tests.load.stories.telling import differences
from tests.shared_prompts import provide

KEPT = HOME / "var/stories"
LONGEST_S = 150.0
FIRST_NUMBER = 13_900_000_000


async def tell(centre: RunningCentre, phones: Telephones, seed: int) -> list[str]:
    """Perform the story of this seed; what is wrong with what remains of it."""
    stage = Stage(centre, phones, str(FIRST_NUMBER + seed))
    story, done = plan(seed), list[str]()
    print(f"{seed}: {' | '.join(str(step) for step, _ in story)}", flush=True)
    try:
        async with asyncio.timeout(LONGEST_S):
            await stage.begin()
            for step, after in story:
                done.append(str(step))
                await stage.do(step, after)
            found = [*stage.found, *(differences(stage.told, await stage.record()) if stage.linkedid else [])]
    except Exception as error:
        traceback.print_exc(limit=-3)
        found = [f"at {done[-1:]}: {type(error).__name__}: {str(error)[:3000]}"]
        await clear(centre, phones)
    if found:
        _keep(centre, stage.linkedid, seed, found)
    for one in found:
        print(f"    {one}", flush=True)
    return found


def _keep(centre: RunningCentre, linkedid: str, seed: int, found: list[str]) -> None:
    """Keep all that both sides have written, and what was found."""
    folder = KEPT / str(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    log = centre.settings.state / "asterisk/log"
    for file in (log / "cel-custom/ledger.csv", log / "cdr-csv/Master.csv", centre.settings.journal, centre.log):
        if file.exists():
            shutil.copy(file, folder)
    (folder / "found.txt").write_text("\n".join((linkedid, *found)) + "\n", "utf-8")


async def begin(centre: RunningCentre, phones: Telephones) -> None:
    """All agents at work, serving both queues, with a break."""
    for agent in AGENTS:
        await centre.ask("PATCH", f"/api/agents/{agent}", json={"skills": {"sales": 5, "support": 5}})
        await phones[agent].register()
        await centre.sign_in(agent)
        await centre.post(f"/api/agents/{agent}/not-ready", {"reason": "break"})


async def clear(centre: RunningCentre, phones: Telephones) -> None:
    """All calls are over, and all agents have a break again: for the next story."""
    await asyncio.gather(*(call.hang_up() for call in phones.calls), return_exceptions=True)
    for agent in AGENTS:
        await centre.ask("POST", f"/api/agents/{agent}/not-ready", json={"reason": "break"})


async def made_anew(centre: RunningCentre) -> list[str]:
    """What is otherwise in records made from the files alone, in another data base, than in the centre's own."""
    await centre.stop()
    with tempfile.TemporaryDirectory() as folder:
        here, there = Store(centre.settings.database_url), Store(f"sqlite+aiosqlite:///{folder}/anew.db")
        try:
            await there.migrate()
            await Ingest(here, centre.settings.ledger, centre.settings.journal, _nobody).catch_up()
            await Ingest(there, centre.settings.ledger, centre.settings.journal, _nobody).catch_up()
            ours = {one.id: one for one in await here.calls(page=Page(size=1000))}
            theirs = {one.id: one for one in await there.calls(page=Page(size=1000))}
        finally:
            await here.close()
            await there.close()
    return [*_otherwise(ours, theirs)]


def _otherwise(ours: dict[str, CallRecord], theirs: dict[str, CallRecord]) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(name), theirs.get(name)
        if here is not None and here.reason == ASTERISK_LOST:
            continue
        if here is None or there is None:
            yield f"call {name} is only in {'the files' if here is None else 'the data base'}"
            continue
        without_audio = {"recordings": (), "missing": ()}
        mine, other = (one.model_copy(update=without_audio).model_dump() for one in (here, there))
        for field in mine:
            if mine[field] != other[field]:
                yield f"call {here.linkedid}, {field}: {mine[field]}, from the files {other[field]}"


async def _nobody(record: CallRecord) -> None:
    """Nobody waits for it."""


async def run(dialplans: Path, prompts: Path, music: Path, seeds: range) -> bool:
    """Whether every record was true."""
    wrong: list[int] = []
    async with running_floor(dialplans, prompts, music) as centre:
        centre.silent = True  # what is missing is told story by story; on a busy machine audio is lost
        customers = [str(FIRST_NUMBER + seed) for seed in seeds]
        async with centre.phones(customers=customers, audio=True) as phones:
            await begin(centre, phones)
            for seed in seeds:
                if await tell(centre, phones, seed):
                    wrong.append(seed)
        anew = await made_anew(centre)
        found = await compared(centre.settings)
    print(*anew, *map(str, found.reconciliation.differences), sep="\n")
    print(f"{len(seeds)} stories, wrong {wrong}; {found.reconciliation.records} records against Asterisk's own")
    return not wrong and not anew and found.reconciliation.agrees


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.stories")
    parser.add_argument("--seed", type=int, default=1, help="of the first story")
    parser.add_argument("--count", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dialplans = Path(folder) / "dialplans"
        shutil.copytree(Path(__file__).parent / "dialplans", dialplans)
        shutil.copy(HOME / "dialplans/extensions.conf", dialplans)
        music = provide_music(Path(folder) / "music").parent
        prompts = provide(load_centre(dialplans))
        seeds = range(asked.seed, asked.seed + asked.count)
        return 0 if asyncio.run(run(dialplans, prompts, music, seeds)) else 1


if __name__ == "__main__":
    sys.exit(main())
