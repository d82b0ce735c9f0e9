"""`callcenter quality bulletin`, `calibrate`, `calibration`, `close`: what came of judging, and how alike it is
done; the service need not run."""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from cti.commands.arguments import by_whom, day
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.quality_told import tell_service
from cti.commands.report import form_of, give, mail_argument, output_arguments
from cti.commands.tables import table
from cti.quality_judgement import read_judgement
from cti.reviewers import person, reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.figures.period import Period, Unit
from recording.figures.scope import CENTRE, Scope
from recording.quality.bulletin_paper import REPORT
from recording.quality.calibrations import Calibration, Calibrations
from recording.quality.score_table import ScoreRow, ScoreTable, agents_of, score_table
from recording.quality.scores import By, counted_scores
from recording.quality.spread import Spread
from recording.reports.document import Language
from recording.reports.order import RUNNING, Form, Order
from recording.store import Store


def show_bulletin(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what was evaluated on a day, its best and weakest items, fatal errors, who is below the pass mark, what is
    overdue, appeals, reviewers, calibrations, and the month so far; or write it to a file, or send it by mail."""
    order = Order(
        report=REPORT,
        scope=str(scope_of(given)),
        at=given.day.isoformat() if given.day else RUNNING,
        language=given.language,
        form=form_of(given, Form.TEXT),
    )
    return give(settings, order, given.output, given.mail)


def show_scores(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the scores of agents, teams, queues, reviewers or sheets in a time: of how many, and how they went."""
    centre = current_centre(settings)
    period = Period.parse(given.at, centre.time_zone) if given.at else _this_month(centre.time_zone)
    quota = centre.sampling.monthly_quota if centre.sampling else None
    scope = scope_of(given)

    async def read(store: Store) -> ScoreTable:
        agents = await agents_of(store, scope)
        return await score_table(
            store, By(given.by), period, scope=scope, trend=given.trend, quota=quota, agents=agents
        )

    found = with_store(settings, read)
    if given.json:
        print(found.model_dump_json(indent=2))
        return Exit.DONE
    times = [one.period for one in found.rows[0].trend] if found.rows else []
    header = (found.by.upper(), "DRAWN", "RELEASED", "FAILED", "FATAL", "APPEALED", "CHANGED", "SCORES", *times)
    print(table((*header, found.period), map(_score_row, found.rows)))
    if found.quota is not None:
        short = sum(one.released < found.quota for one in found.rows)
        print(f"{found.quota} a month are wanted of each agent; {short} of {len(found.rows)} have fewer.")
    return Exit.DONE


def show_counted(settings: Settings, given: argparse.Namespace) -> Exit:
    """List the scores behind a figure 12."""
    zone = current_centre(settings).time_zone
    period = Period.parse(given.at, zone) if given.at else _this_month(zone)
    scope = scope_of(given)
    found = with_store(settings, lambda store: counted_scores(store, scope, period.since, period.until, given.limit))
    rows = (
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
            *(one.agent, one.queue or "-", one.team or "-", one.reviewer or "-", str(one.score)),
            "-" if one.first_score_hundredths is None else str(Decimal(one.first_score_hundredths).scaleb(-2)),
            *(one.call or "-", one.evaluation or "(elsewhere)"),
        )
        for one in found
    )
    print(table(("AT", "AGENT", "QUEUE", "TEAM", "REVIEWER", "SCORE", "FIRST", "CALL", "EVALUATION"), rows))
    return Exit.DONE


def _this_month(zone: ZoneInfo) -> Period:
    return Period.at(Unit.MONTH, datetime.now(zone), zone)


def _score_row(one: ScoreRow) -> tuple[str, ...]:
    counts = (one.drawn, one.released, one.failed, one.fatal, one.appealed, one.changed, one.scores)
    return (one.name or "-", *map(str, counts), *(_shown(was.mean) for was in one.trend), _shown(one.mean))


def calibrate(settings: Settings, given: argparse.Namespace) -> Exit:
    """Give a call to several reviewers, none of whom sees what the others say."""
    centre = current_centre(settings)
    sheets = centre.sheets
    name = given.sheet or next(iter(sheets), "")
    if name not in sheets:
        raise BadInput(f"score sheet {name!r}; expected one of: {', '.join(sheets) or 'none yet'}")

    async def work(store: Store) -> str:
        known = await reviewers(AccessTokens(store))
        if unknown := [one for one in given.reviewers if one not in known]:
            raise BadInput(f"reviewer {unknown[0]!r}; expected one of: {', '.join(known) or 'none yet'}")
        chosen = [known[one] for one in given.reviewers]
        by = await person(AccessTokens(store), given.by)
        now = datetime.now(UTC)
        made = await Calibrations(store).open(given.call, given.agent, sheets[name], by, chosen, now, centre.time_zone)
        return made.id

    name = with_store(settings, work)
    tell_service(settings)
    print(f"Calibration {name}.")
    return Exit.DONE


def list_calibrations(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the last calibrations, newest first."""
    zone = current_centre(settings).time_zone
    rows = (
        (
            f"{one.opened_at.astimezone(zone):%Y-%m-%d %H:%M}",
            "open" if one.closed_at is None else f"{one.closed_at.astimezone(zone):%Y-%m-%d %H:%M}",
            *(one.agent, one.moderator.name, ", ".join(person.name for person in one.reviewers)),
            *(map(_shown, (one.spread.deviation, one.spread.range)) if one.spread else ("-", "-")),
            one.id,
        )
        for one in with_store(settings, lambda store: Calibrations(store).page(given.limit))
    )
    print(table(("OPENED", "CLOSED", "AGENT", "LED BY", "REVIEWERS", "DEVIATION", "RANGE", "ID"), rows))
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
    _scope_arguments(parser)
    parser.add_argument("--language", type=Language, choices=list(Language), default=Language.ENGLISH)
    output_arguments(parser)
    mail_argument(parser)


def scores_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality scores`."""
    _time_and_scope(parser)
    parser.add_argument("--by", choices=[by.value for by in By], default=By.AGENT.value, help="default: agent")
    parser.add_argument("--trend", type=int, default=3, metavar="N", help="with so many times before (default 3)")
    parser.add_argument("--json", action="store_true")


def counted_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality counted`."""
    _time_and_scope(parser)
    parser.add_argument("--limit", type=int, default=500)


def _time_and_scope(parser: argparse.ArgumentParser) -> None:
    when = "2026-11, 2026-W47, 2026-11-21, 2026-Q4, or two days with .. between (default: this month)"
    parser.add_argument("at", nargs="?", help=when)
    _scope_arguments(parser).add_argument("--agent", metavar="NUMBER", help="of an agent")


def _scope_arguments(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    of_whom = parser.add_mutually_exclusive_group()
    of_whom.add_argument("--queue", metavar="NAME", help="of a queue (default: of the centre)")
    of_whom.add_argument("--team", metavar="NAME", help="of a team")
    return of_whom


def scope_of(given: argparse.Namespace) -> Scope:
    """Whose."""
    for kind in ("queue", "team", "agent"):
        if name := getattr(given, kind, None):
            return Scope.parse(f"{kind}:{name}")
    return CENTRE


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
    if spread.lead is not None:
        far = ", ".join(f"{name} ({spread.from_lead[name]:+})" for name in spread.deviating)
        yield f"Apart from the leading judgement: {far or 'nobody'}."


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
