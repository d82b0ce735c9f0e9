"""The draw's own process: what the sampling rules make of a week of calls takes seconds, which routing has not got.

    python -m cti.quality_main --daily        the draw of this day, once, whoever starts it how often
    python -m cti.quality_main --by NAME      one more, of all calls until now

It says on standard output, as JSON, the id of the draw, null where the day's has been made already or there are no
sampling rules, and ends.
"""

import argparse
import asyncio
import json
from datetime import UTC, datetime

import structlog

from cti.logs import write_logs
from cti.processes import NICENESS, give_way
from cti.quality_frame import frame_of
from cti.quality_names import known_in, unknown_in
from cti.settings import Settings, load_settings
from recording.quality.draws import SYSTEM, DrawDone, Draws
from recording.store import Store

log = structlog.get_logger()


async def draw(settings: Settings, *, by: str, daily: bool, seed: str | None = None) -> DrawDone | None:
    """Draw; None where there is nothing to be done. Raises DocumentError, and SQLAlchemy's errors."""
    store = Store(settings.database_url)
    try:
        await store.migrate()
        frame = await frame_of(settings, store)
        if frame is None:
            return None
        if unknown := unknown_in(frame.rules, await known_in(store)):
            log.warning("sampling-names-unknown", error_id="sampling-names-unknown", names=len(unknown))
        return await Draws(store).run(frame, now=datetime.now(UTC), by=by, daily=daily, seed=seed)
    finally:
        await store.close()


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--daily", action="store_true")
    parser.add_argument("--by", default=SYSTEM)
    given = parser.parse_args()
    write_logs()
    give_way(NICENESS)
    done = asyncio.run(draw(load_settings(), by=given.by, daily=given.daily))
    print(json.dumps({"draw": done.id if done else None}))


if __name__ == "__main__":
    main()
