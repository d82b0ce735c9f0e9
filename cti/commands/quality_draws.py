"""`callcenter quality sample`, `draws` and `explain`: calls drawn by the sampling rules; the service need not run."""

import argparse
from datetime import UTC, datetime

from cti.commands.arguments import by_whom
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.quality_told import tell_service
from cti.commands.tables import table
from cti.quality_frame import frame_of
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.quality.drawing import explain
from recording.quality.draws import DrawDone, Draws
from recording.store import Store


def sample(settings: Settings, given: argparse.Namespace) -> Exit:
    """Draw calls by the sampling rules now: all until now, or with --daily the draw of this day, once."""

    async def work(store: Store) -> DrawDone | None:
        frame = await frame_of(settings, store)
        if frame is None:
            raise BadInput("the centre has no sampling rules; expected quality/sampling.yaml among its files")
        return await Draws(store).run(frame, now=datetime.now(UTC), by=given.by, daily=given.daily, seed=given.seed)

    done = with_store(settings, work)
    if done is None:
        print("The draw of this day has been made already.")
        return Exit.DONE
    tell_service(settings)
    print(f"Draw {done.id}: {done.picked} of {done.candidates} drawn.")
    if done.set_aside:
        print(f"{done.set_aside} set aside: their recordings are gone.")
    rows = (
        (
            lot.rule,
            lot.agent or "-",
            lot.shift or "-",
            str(lot.fitting),
            str(lot.wanted),
            str(lot.got),
            lot.short or "-",
        )
        for lot in done.lots
        if lot.wanted
    )
    print(table(("RULE", "AGENT", "SHIFT", "FITTING", "WANTED", "DRAWN", "SHORT OF"), rows))
    return Exit.DONE


def list_draws(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the last draws."""
    found = with_store(settings, lambda store: Draws(store).page(given.limit))
    zone = current_centre(settings).time_zone
    rows = (
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.daily or "-",
            one.by,
            str(one.candidates),
            str(one.picked),
            str(one.set_aside),
            one.id,
        )
        for one in found
    )
    print(table(("AT", "DAY", "BY", "CANDIDATES", "DRAWN", "SET ASIDE", "ID"), rows))
    return Exit.DONE


def explain_draw(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say why a draw took a call, or did not."""
    inputs = with_store(settings, lambda store: Draws(store).inputs(given.draw))
    print("\n".join(explain(inputs, given.call)))
    return Exit.DONE


def sample_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality sample`."""
    parser.add_argument("--daily", action="store_true", help="the draw of this day, unless it has been made")
    parser.add_argument("--seed", metavar="TEXT", help="from which chance comes (default: nobody knows)")
    by_whom(parser)


def draws_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality draws`."""
    parser.add_argument("--limit", type=int, default=10)


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality explain`."""
    parser.add_argument("draw", help="its id, or the day of a daily draw: 2026-11-22")
    parser.add_argument("call", help="the id of the call")
