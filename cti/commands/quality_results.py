"""`callcenter quality bulletin`, `calibrate`, `calibration`, `close`: what came of judging, and how alike it is
done; the service need not run."""

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from cti.commands.arguments import by_whom, day
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.tables import table
from cti.quality_judgement import read_judgement
from cti.reviewers import person, reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.quality.bulletin import bulletin_of, lines
from recording.quality.calibrations import Calibration, Calibrations
from recording.quality.spread import Spread
from recording.store import Store


def show_bulletin(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what was evaluated on a day, its best and worst, fatal errors, who is below, and the open appeals."""
    centre = current_centre(settings)
    zone = centre.time_zone
    chosen = given.day or datetime.now(zone).date()
    start, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (chosen, chosen + timedelta(days=1)))
    made = with_store(settings, lambda store: bulletin_of(store, chosen, start, end))
    if given.json:
        print(json.dumps(made.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines(made, given.language or centre.languages[0])))
    return Exit.DONE


def calibrate(settings: Settings, given: argparse.Namespace) -> Exit:
    """Give a call to several reviewers, none of whom sees what the others say."""
    sheets = current_centre(settings).sheets
    name = given.sheet or next(iter(sheets), "")
    if name not in sheets:
        raise BadInput(f"score sheet {name!r}; expected one of: {', '.join(sheets) or 'none yet'}")

    async def work(store: Store) -> Calibration:
        known = await reviewers(AccessTokens(store))
        if unknown := [one for one in given.reviewers if one not in known]:
            raise BadInput(f"reviewer {unknown[0]!r}; expected one of: {', '.join(known) or 'none yet'}")
        chosen = [known[one] for one in given.reviewers]
        by = await person(AccessTokens(store), given.by)
        return await Calibrations(store).open(given.call, given.agent, sheets[name], by, chosen, datetime.now(UTC))

    print(f"Calibration {with_store(settings, work).id}.")
    return Exit.DONE


def show_calibration(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show how far the reviewers lie apart, so far or at the close."""

    async def read(store: Store) -> tuple[Calibration, Spread]:
        found = await Calibrations(store).find(given.id)
        return found, found.spread or await Calibrations(store).so_far(found)

    found, spread = with_store(settings, read)
    print(f"{'Open' if found.closed_at is None else 'Closed'}, led by {found.moderator.name}. {found.note}".rstrip())
    print("\n".join(_spread(spread)))
    return Exit.DONE


def close_calibration(settings: Settings, given: argparse.Namespace) -> Exit:
    """Set the leading judgement by a filled form, and let all reviewers see the spread."""
    lead = read_judgement(Path(given.file))

    async def work(store: Store) -> Calibration:
        by = await person(AccessTokens(store), given.by)
        return await Calibrations(store).close(given.id, lead, given.note, by, datetime.now(UTC), in_charge=True)

    spread = with_store(settings, work).spread
    assert spread is not None
    print("\n".join(_spread(spread)))
    return Exit.DONE


def bulletin_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality bulletin`."""
    parser.add_argument("day", nargs="?", type=day, help="such as 2026-11-22 (default: today)")
    parser.add_argument("--language", help="of the titles (default: the centre's first)")
    parser.add_argument("--json", action="store_true")


def calibrate_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality calibrate`."""
    parser.add_argument("call", help="the id of the call")
    parser.add_argument("reviewers", nargs="+", metavar="REVIEWER", help="two at least")
    parser.add_argument("--agent", metavar="NUMBER", help="who is judged (default: the first who spoke)")
    parser.add_argument("--sheet", help="by which score sheet (default: the first)")
    by_whom(parser)


def calibration_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality calibration`."""
    parser.add_argument("id")


def close_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality close`."""
    parser.add_argument("id")
    parser.add_argument("file", help="the moderator's judgement, a filled form")
    parser.add_argument("--note", default="", metavar="WORDS", help="what is to be learnt from it")
    by_whom(parser)


def _spread(spread: Spread) -> Iterable[str]:
    names = tuple(spread.scores)
    header = ("ITEM", *(name.upper() for name in names), "LEAD", "MEAN", "DEVIATION", "RANGE", "AGREE %")
    rows = [
        (
            one.item,
            *(_shown(one.marks[name]) for name in names),
            *map(_shown, (one.lead, one.mean, one.deviation, one.range, one.agreement)),
        )
        for one in spread.items
    ]
    total = (spread.lead, spread.mean, spread.deviation, spread.range, spread.agreement)
    rows.append(("score", *(str(spread.scores[name]) for name in names), *map(_shown, total)))
    yield table(header, rows)


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
