"""`callcenter quality reviewers`, `absent`, `present`, `reassign`: who judges, who is away, and whose work others do;
the service need not run."""

import argparse
from datetime import UTC, datetime

from cti.commands.arguments import by_whom, day
from cti.commands.database import with_store
from cti.commands.errors import BadInput, Exit
from cti.commands.quality_told import tell_service
from cti.commands.tables import table
from cti.quality_work import at_work
from cti.reviewers import person
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.quality.absences import Absence, Absences
from recording.quality.evaluations import Evaluation
from recording.quality.sampling import Reviewer
from recording.quality.work import Load, reassign
from recording.store import Store


def list_reviewers(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who judges, how much each has to do, and who is absent."""
    centre = current_centre(settings)

    async def read(store: Store) -> tuple[dict[str, tuple[Reviewer, Load]], dict[str, Absence]]:
        known = await at_work(store, centre, datetime.now(UTC))
        return known, {one.reviewer: one for one in await Absences(store).all()}

    known, absences = with_store(settings, read)
    today = datetime.now(centre.time_zone).date()
    rows = (
        (
            *(name, one.agent or "-", one.team or "-"),
            *map(str, (load.open, load.scored, load.late, load.today)),
            _away(absences[name]) if name in absences and absences[name].last >= today else "-",
        )
        for name, (one, load) in known.items()
    )
    print(table(("REVIEWER", "AGENT", "TEAM", "TO DO", "TO RELEASE", "OVERDUE", "TODAY", "ABSENT"), rows))
    return Exit.DONE


def absent(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say that a reviewer is absent: on these days, both included, no draw gives him work."""
    if given.last < given.first:
        raise BadInput("expected a last day that is not before the first")
    said = Absence(
        reviewer=given.name, first=given.first, last=given.last, why=given.why, by=given.by, at=datetime.now(UTC)
    )

    async def work(store: Store) -> None:
        _require(given.name, await at_work(store, current_centre(settings), datetime.now(UTC)))
        await Absences(store).save(said)

    with_store(settings, work)
    print(f"{given.name} is absent {_away(said)}.")
    return Exit.DONE


def present(settings: Settings, given: argparse.Namespace) -> Exit:
    """Say that a reviewer is there again."""
    if not with_store(settings, lambda store: Absences(store).remove(given.name)):
        raise BadInput(f"reviewer {given.name!r} is not absent; `callcenter quality reviewers` shows who is")
    print(f"{given.name} is there again.")
    return Exit.DONE


def reassign_work(settings: Settings, given: argparse.Namespace) -> Exit:
    """Give all that a reviewer has not judged yet to others, each to who has least to do and may judge it."""
    centre = current_centre(settings)

    async def work(store: Store) -> list[Evaluation]:
        now = datetime.now(UTC)
        known = await at_work(store, centre, now)
        others = [one for one, _ in known.values()]
        if given.to:
            _require(given.to, known)
            others = [one for one in others if one.name == given.to]
        by = await person(AccessTokens(store), given.by)
        return await reassign(store, given.name, others, centre.sampling, by=by, at=now, note=given.why)

    moved = with_store(settings, work)
    tell_service(settings)
    rows = ((one.reviewer.name if one.reviewer else "(everybody's)", one.agent, one.id) for one in moved)
    print(table(("TO", "AGENT", "EVALUATION"), rows))
    return Exit.DONE


def absent_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality absent`."""
    parser.add_argument("name", help="the reviewer")
    parser.add_argument("first", type=day, help="the first day: 2026-11-22")
    parser.add_argument("last", type=day, help="the last day, which belongs to it")
    _why(parser)


def reassign_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality reassign`."""
    parser.add_argument("name", help="the reviewer whose work it is")
    parser.add_argument("--to", metavar="NAME", help="all of it to this one (default: shared out)")
    _why(parser)


def _why(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--why", required=True, metavar="WORDS")
    by_whom(parser)


def _away(one: Absence) -> str:
    return f"{one.first} to {one.last}: {one.why}"


def _require(name: str, known: dict[str, tuple[Reviewer, Load]]) -> None:
    if name not in known:
        raise BadInput(f"reviewer {name!r}; expected one of: {', '.join(known) or 'none yet'}")
