"""`callcenter quality bulletin`, `calibrate`, `calibration`, `close`: what came of judging, and how alike it is
done; the service need not run."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cti.commands.arguments import by_whom, day
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.report import form_of, give, mail_argument, output_arguments
from cti.commands.tables import table
from cti.quality_judgement import read_judgement
from cti.reviewers import person, reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.quality.bulletin_paper import REPORT
from recording.quality.calibrations import Calibration, Calibrations
from recording.quality.spread import Spread
from recording.reports.document import Language
from recording.reports.order import RUNNING, Form, Order
from recording.store import Store


def show_bulletin(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what was evaluated on a day, its best and weakest items, fatal errors, who is below the pass mark, what is
    overdue, appeals, reviewers, calibrations, and the month so far; or write it to a file, or send it by mail."""
    scope = f"team:{given.team}" if given.team else f"queue:{given.queue}" if given.queue else "centre"
    order = Order(
        report=REPORT,
        scope=scope,
        at=given.day.isoformat() if given.day else RUNNING,
        language=given.language,
        form=form_of(given, Form.TEXT),
    )
    return give(settings, order, given.output, given.mail)


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
    of_whom = parser.add_mutually_exclusive_group()
    of_whom.add_argument("--queue", metavar="NAME", help="of a queue (default: of the centre)")
    of_whom.add_argument("--team", metavar="NAME", help="of a team")
    parser.add_argument("--language", type=Language, choices=list(Language), default=Language.ENGLISH)
    output_arguments(parser)
    mail_argument(parser)


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
