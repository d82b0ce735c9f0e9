"""The draw's own process: what the sampling rules make of a week of calls takes seconds, which routing has not got.

    python -m cti.quality_main --daily        the draw of this day, once, whoever starts it how often
    python -m cti.quality_main --by NAME      one more, of all calls until now
    python -m cti.quality_main --replace      others in the place of what cannot be judged any more: the recording is
                                              gone, or the reviewer has left

It says on standard output, as JSON, the id of the draw, null where the day's has been made already, there are no
sampling rules, or nothing is lost; and how much of who has left went to whom (`moved`). Then it ends.
"""

import argparse
import asyncio
import json
from collections import Counter
from datetime import UTC, datetime

import structlog

from cti.centre import Centre
from cti.logs import write_logs
from cti.processes import NICENESS, give_way
from cti.quality_draws import Drawn
from cti.quality_frame import frame_of
from cti.quality_names import known_in, unknown_in
from cti.quality_work import at_work
from cti.settings import Settings, load_settings
from cti.versions.start import current_centre
from recording.quality.draws import SYSTEM, Draws
from recording.quality.evaluations import Person
from recording.quality.work import departed, reassign
from recording.store import Store

log = structlog.get_logger()


async def draw(settings: Settings, *, by: str, daily: bool, lost_alone: bool = False) -> Drawn:
    """Give what is on the lists of who reviews no more to others, and draw; with `lost_alone` only in the place of what
    nobody can hear any more. Raises DocumentError, and SQLAlchemy's errors."""
    store, now = Store(settings.database_url), datetime.now(UTC)
    try:
        await store.migrate()
        moved = await left_to_others(store, current_centre(settings), now)
        frame = await frame_of(settings, store)
        if frame is None:
            return Drawn(None, moved)
        if unknown := unknown_in(frame.rules, await known_in(store)):
            log.warning("sampling-names-unknown", error_id="sampling-names-unknown", names=len(unknown))
        draws = Draws(store)
        if lost_alone:
            done = await draws.replace(frame, now=now)
        else:
            done = await draws.run(frame, now=now, by=by, daily=daily)
        return Drawn(done.id if done else None, moved)
    finally:
        await store.close()


async def left_to_others(store: Store, centre: Centre, now: datetime) -> Counter[str]:
    """Give the work of who reviews no more to others; how much to whom, the empty name for everybody's list."""
    moved: Counter[str] = Counter()
    for name in await departed(store, await at_work(store, centre, now)):
        there = [one for one, _ in (await at_work(store, centre, now)).values()]  # with what they have by now
        by, note = Person(name=SYSTEM), "the reviewer has left"
        given = await reassign(store, name, there, centre.sampling, by=by, at=now, note=note)
        moved.update(one.reviewer.name if one.reviewer else "" for one in given)
    return moved


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--daily", action="store_true")
    parser.add_argument("--by", default=SYSTEM)
    parser.add_argument("--replace", action="store_true")
    given = parser.parse_args()
    write_logs()
    give_way(NICENESS)
    drawn = asyncio.run(draw(load_settings(), by=given.by, daily=given.daily, lost_alone=given.replace))
    print(json.dumps({"draw": drawn.draw, "moved": drawn.moved}))


if __name__ == "__main__":
    main()
