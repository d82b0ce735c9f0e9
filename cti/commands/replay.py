"""`callcenter replay DAY`: a recorded day once more through the router, in virtual time, with the queues as they are
set now and as another file sets them; no service need run.

The day comes from the journal: it alone holds calls, offers and agents' states in one order, and what it holds are the
router's own facts. The database has the calls as Asterisk saw them, but no log of agents' states.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from acd.simulation.comparison import Truth, truth
from acd.simulation.day import Seat, group_of
from acd.simulation.figures import WHOLE, Figures, Tally
from acd.simulation.recorded import RecordedDay
from acd.simulation.trial import run
from cti.centre import Centre, centre_of, load_centre
from cti.commands.errors import CommandError, Exit
from cti.commands.figures import AGENTS, CALLS, SERVICE_LEVEL, Figure, compared
from cti.commands.policy import policy_of
from cti.settings import Settings
from recording.past import Past
from recording.store import Agent, Store

RECORDED, SAME, CHANGED = "recorded", "replayed", "changed"
AFTERWARDS = timedelta(hours=12)
"""How long after midnight the end of a call of the day is looked for."""

Whose = TypeVar("Whose")


class NothingRecorded(CommandError):
    """No call came to a queue on that day, as far as the journal says."""

    id = "nothing-recorded"


class DayGone(CommandError):
    """The files of that day have been removed, at least in part: they were older than `file_days`."""

    id = "day-gone"


def replay(settings: Settings, given: argparse.Namespace) -> Exit:
    """Run a recorded day through the router once more, with today's queue settings and with others, and show what would
    have become of the same callers and agents."""
    centre = centre_of(settings)
    policy = policy_of(centre)
    other = policy_of(_other_centre(settings, given.other)) if given.other else None
    known = [_seat(agent) for agent in asyncio.run(_people(settings))]
    from_ms, until_ms = _bounds(given.day, centre)
    past, recorded = Past(settings.journal, from_ms), RecordedDay(from_ms, until_ms)
    groups: dict[str, str] = {}
    tally = Tally(policy.thresholds_ms, groups, from_ms=from_ms, until_ms=until_ms)
    with suppress(FileNotFoundError):
        if (kept_ms := past.gone_until_ms) is not None:
            raise DayGone(f"{given.day}: its journal is kept no longer; expected a day {_since(kept_ms, centre)}")
        _read(past, recorded, tally, until_ms)
    if not tally.ways:
        raise NothingRecorded(f"{settings.journal}: no call came to a queue on {given.day}; expected a day with calls")
    groups |= {seat.number: seat.group for seat in recorded.seats(known)}
    day = recorded.day(known)
    trials = {SAME: run(day, policy, whole=False)}
    if other is not None:
        trials[CHANGED] = run(day, other, whole=False)
    figures = {RECORDED: tally.figures(), **{name: trial.figures for name, trial in trials.items()}}
    how_true = truth(tally.ways, trials[SAME].ways)
    unknown = recorded.unknown(known)
    if given.json:
        print(json.dumps(_document(given, figures, how_true, unknown), indent=2, ensure_ascii=False))
        return Exit.DONE
    print(f"{given.day:%Y-%m-%d}, {centre.time_zone.key}: {len(tally.ways)} calls came to a queue.")
    for line in _remarks(recorded, past, unknown):
        print(line)
    for block in _blocks(figures):
        print(f"\n{block}")
    print("\n" + "\n".join(_how_true(how_true)))
    print(SERVICE_LEVEL)
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter replay`."""
    parser.description = replay.__doc__
    parser.set_defaults(run=replay)
    parser.add_argument("day", type=_day, help="the day, such as 2026-11-20, from midnight to midnight at the centre")
    parser.add_argument(
        "--with",
        dest="other",
        type=Path,
        metavar="PATH",
        help="another queues.yaml, or another folder of dialplans, to compare with",
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON, times in milliseconds")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; expected one such as 2026-11-20") from None


def _bounds(day: date, centre: Centre) -> tuple[int, int]:
    """Its two midnights in milliseconds: 23 to 25 hours apart, where the clock is changed."""
    first, second = (
        datetime.combine(one, time(), centre.time_zone).timestamp() for one in (day, day + timedelta(days=1))
    )
    return int(first * 1000), int(second * 1000)


def _since(kept_ms: int, centre: Centre) -> str:
    return f"after {datetime.fromtimestamp(kept_ms / 1000, centre.time_zone):%Y-%m-%d, %H:%M}"


def _other_centre(settings: Settings, other: Path) -> Centre:
    folder, queues_file = (other, None) if other.is_dir() else (settings.dialplans, other)
    return load_centre(folder, queues_file, settings.look_ups.rules, settings.speakers)


async def _people(settings: Settings) -> Sequence[Agent]:
    store = Store(settings.database_url)
    try:
        await store.migrate()
        return await store.agents(active_only=False)
    finally:
        await store.close()


def _seat(agent: Agent) -> Seat:
    group = group_of(agent.skills, agent.attributes)
    return Seat(number=agent.number, skills=agent.skills, group=group, attributes=agent.attributes)


def _read(past: Past, recorded: RecordedDay, tally: Tally, until_ms: int) -> None:
    last_ms = until_ms + int(AFTERWARDS.total_seconds() * 1000)
    for fact in past:
        if fact.at_ms >= until_ms and (recorded.settled or fact.at_ms >= last_ms):
            return
        recorded.see(fact)
        tally.see(fact)


def _remarks(recorded: RecordedDay, past: Past, unknown: Sequence[str]) -> Iterable[str]:
    if recorded.starts_of_the_daemon:
        times = "once" if recorded.starts_of_the_daemon == 1 else f"{recorded.starts_of_the_daemon} times"
        yield f"The service was started {times} on this day; what happened while it was away is not in its journal."
    if unknown:
        yield f"Agents {', '.join(unknown)} are known neither to the journal nor to the database: they are left out."
    if past.unreadable:
        yield f"{past.unreadable} lines of the journal cannot be read; they are passed over."


def _blocks(figures: Mapping[str, Figures]) -> Iterable[str]:
    """One table for each queue, one for all of them, one for each group of agents."""
    queues = [name for name in figures[RECORDED].calls if name != WHOLE]
    for name in (*queues, WHOLE):
        calls = {which: one.calls[name] for which, one in figures.items() if name in one.calls}
        if any(one.calls for one in calls.values()):
            yield compared(f"QUEUE {name}" if name != WHOLE else "ALL QUEUES", CALLS, calls)
    for group in sorted({group for one in figures.values() for group in one.agents}):
        agents = {which: one.agents[group] for which, one in figures.items() if group in one.agents}
        yield compared(f"AGENTS {group}", AGENTS, agents)


def _how_true(found: Truth) -> Iterable[str]:
    """In words, for whoever is to believe the rest."""
    if not found.calls:
        yield "How true: no call ended both in the record and in the replay; nothing can be said."
        return
    yield (
        f"How true: of {found.calls} calls, {found.same_end} ended in the replay as they did; "
        f"of {found.answered_in_both} answered in both, {found.same_agent} by the same agent."
    )
    yield (
        f"Their waits are {_apart(found.mean_difference_ms)} longer on average; half are within "
        f"{_apart(found.median_apart_ms)} of the record, 95 % within {_apart(found.p95_apart_ms)}, "
        f"all within {_apart(found.most_apart_ms)}."
    )


def _apart(ms: float | None) -> str:
    return f"{(ms or 0) / 1000:.2f} s"


def _document(
    given: argparse.Namespace, figures: Mapping[str, Figures], how_true: Truth, unknown: Sequence[str]
) -> dict[str, Any]:
    def plain(rows: Sequence[Figure[Whose]], value: Whose) -> dict[str, float | None]:
        return {figure.key: figure.of(value) for figure in rows}

    document: dict[str, Any] = {
        "day": given.day.isoformat(),
        "with": str(given.other) if given.other else None,
        "left_out": list(unknown),
        "how_true": asdict(how_true),
    }
    for which, one in figures.items():
        document[which] = {
            "queues": {name: plain(CALLS, calls) for name, calls in one.calls.items() if name != WHOLE},
            "all": plain(CALLS, one.calls[WHOLE]),
            "agents": {group: plain(AGENTS, agents) for group, agents in one.agents.items()},
        }
    return document
