"""`callcenter schedules …`: who should work when, in the data base; the service need not run."""

import argparse
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from cti.commands.arguments import agent_number, day, fitting, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.sheets import sheet_commands
from cti.commands.tables import table
from cti.settings import Settings
from cti.unfit import said
from cti.versions.start import current_centre
from recording.inputs.clock_times import time_text
from recording.inputs.plan import Plan
from recording.inputs.schedules import Schedules, UnknownPattern, WeekBeyond, swapped, week_of
from recording.inputs.shifts import MOST_WEEKS, Assignment, ExceptionKind, ShiftException
from recording.store import Store

Model = TypeVar("Model", bound=BaseModel)

DAY_NAMES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class NothingScheduled(CommandError):
    """There is nothing of that kind to take out."""

    id = "not-scheduled"


def show_week(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who works when in one week, by the clock of the centre; + is overtime, ~ a day that differs otherwise."""
    zone = current_centre(settings).time_zone
    monday, sunday = week_of(given.of or datetime.now(zone).date())

    async def read(store: Store) -> tuple[list[tuple[str, str]], Plan]:
        agents = [(one.number, one.name) for one in await store.agents() if given.agent in (None, one.number)]
        return agents, await Schedules(store, zone).plan([number for number, _ in agents], monday, sunday)

    agents, plan = with_store(settings, read)
    days = [monday + timedelta(days=number) for number in range(7)]
    header = ("AGENT", "NAME", *(f"{name} {one:%m-%d}" for name, one in zip(DAY_NAMES, days, strict=True)))
    rows = ((number, name, *(_cell(plan, number, one, zone) for one in days)) for number, name in agents)
    print(table(header, rows))
    return Exit.DONE


def list_patterns(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the patterns by which shifts come back."""
    zone = current_centre(settings).time_zone
    patterns = with_store(settings, lambda store: Schedules(store, zone).patterns())
    rows = (
        (
            *(one.name, one.title, str(one.weeks), str(shift.week), DAY_NAMES[shift.day - 1]),
            f"{time_text(shift.start)}-{time_text(shift.end)}",
            ", ".join(
                f"{time_text(pause.start)}-{time_text(pause.end)}{' paid' if pause.paid else ''}"
                for pause in shift.breaks
            ),
        )
        for one in patterns
        for shift in one.shifts
    )
    print(table(("PATTERN", "TITLE", "WEEKS", "WEEK", "DAY", "SHIFT", "BREAKS"), rows))
    return Exit.DONE


def list_assignments(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who works by which pattern from when on."""
    zone = current_centre(settings).time_zone
    found = with_store(settings, lambda store: Schedules(store, zone).assignments())
    rows = ((one.agent, one.since.isoformat(), one.pattern or "-", str(one.week)) for one in found)
    print(table(("AGENT", "SINCE", "PATTERN", "WEEK"), rows))
    return Exit.DONE


def assign(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let an agent work by a pattern from a day on; "" for none."""
    zone = current_centre(settings).time_zone
    since = given.since or datetime.now(zone).date()

    async def save(store: Store) -> None:
        await _require_agents(store, [given.agent])
        assignment = _made(Assignment, agent=given.agent, since=since, pattern=given.pattern, week=given.week)
        try:
            await Schedules(store, zone).assign([assignment])
        except (UnknownPattern, WeekBeyond) as error:
            raise BadInput(str(error)) from None

    with_store(settings, save)
    print(f"Agent {given.agent} works by {given.pattern or 'no pattern'} from {since} on.")
    return Exit.DONE


def except_day(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let a day of an agent differ: leave, sick, absent, changed hours, overtime."""
    zone = current_centre(settings).time_zone
    hours = {"start": given.begin, "end": given.end, "note": given.note}
    exception = _made(ShiftException, agent=given.agent, day=given.day, kind=given.kind, **hours)

    async def save(store: Store) -> list[str]:
        await _require_agents(store, [given.agent])
        whole_day = exception.kind.away and exception.hours is None
        idle = await _without_shift(store, zone, [given.agent], given.day) if whole_day else []
        await Schedules(store, zone).except_days([exception])
        return idle

    idle = with_store(settings, save)
    print(f"Agent {given.agent}, {given.day}: {given.kind}.{_told(idle)}")
    return Exit.DONE


def swap(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let two agents take each other's shifts that begin on a day."""
    zone = current_centre(settings).time_zone
    if given.agent == given.other:
        raise BadInput("expected two agents")

    both = [given.agent, given.other]

    async def save(store: Store) -> list[str]:
        await _require_agents(store, both)
        idle = await _without_shift(store, zone, both, given.day)
        await Schedules(store, zone).except_days(swapped(given.agent, given.other, given.day, given.note))
        return idle

    idle = with_store(settings, save)
    nothing = _told(idle) if len(idle) == len(both) else ""
    print(f"Agents {given.agent} and {given.other} take each other's shifts of {given.day}.{nothing}")
    return Exit.DONE


def clear(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let a day of an agent be as his pattern says again."""
    zone = current_centre(settings).time_zone
    kind = ExceptionKind(given.kind) if given.kind else None
    if not with_store(settings, lambda store: Schedules(store, zone).remove_exceptions(given.agent, given.day, kind)):
        raise NothingScheduled(f"{given.day} of agent {given.agent} is as his pattern says")
    print(f"Agent {given.agent}, {given.day}: as his pattern says.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter schedules`; nothing means `week`."""
    parser.set_defaults(run=show_week, of=None, agent=None)
    command = subcommands(parser)
    showing = command("week", show_week)
    showing.add_argument("--of", type=day, metavar="DAY", help="a day of the week (default: this one)")
    showing.add_argument("--agent", type=agent_number)
    command("patterns", list_patterns)
    command("assignments", list_assignments)
    assigning = command("assign", assign)
    assigning.add_argument("agent", type=agent_number)
    assigning.add_argument("pattern", help='its name; "" for none')
    assigning.add_argument("--since", type=day, metavar="DAY", help="the first day (default: today)")
    assigning.add_argument(
        "--week", type=int, choices=range(1, MOST_WEEKS + 1), default=1, metavar="N", help="which of its weeks that is"
    )
    excepting = command("except", except_day)
    excepting.add_argument("agent", type=agent_number)
    excepting.add_argument("day", type=day)
    kinds = [kind.value for kind in ExceptionKind if kind is not ExceptionKind.SWAP]
    excepting.add_argument("kind", choices=kinds)
    clock = fitting(r"([01]?\d|2[0-3]):[0-5]\d", "a time such as 18:30")
    excepting.add_argument("--from", dest="begin", type=clock, metavar="TIME", help="nothing: the whole shift")
    excepting.add_argument("--to", dest="end", type=clock, metavar="TIME", help="not later than --from: the next day")
    excepting.add_argument("--note", default="")
    swapping = command("swap", swap)
    swapping.add_argument("agent", type=agent_number)
    swapping.add_argument("other", type=agent_number)
    swapping.add_argument("day", type=day)
    swapping.add_argument("--note", default="")
    clearing = command("clear", clear)
    clearing.add_argument("agent", type=agent_number)
    clearing.add_argument("day", type=day)
    clearing.add_argument("--kind", choices=[kind.value for kind in ExceptionKind], help="only this (default: all)")
    sheet_commands(command, ["patterns", "assignments", "exceptions"])


def _cell(plan: Plan, agent: str, of: date, zone: tzinfo) -> str:
    exceptions = plan.exceptions(agent, of)
    hours = []
    for shift in plan.shifts(agent, of, of):
        mark = {None: "", ExceptionKind.OVERTIME: "+"}.get(shift.kind, "~")
        start, end = (one.astimezone(zone) for one in (shift.span.start, shift.span.end))
        hours.append(f"{mark}{start:%H:%M}-{end:%H:%M}")
    words = [
        f"{one.kind} {time_text(one.hours.start)}-{time_text(one.hours.end)}" if one.hours else one.kind.value
        for one in exceptions
        if one.kind.away
    ]
    return " ".join([*hours, *words]) or "-"


def _made(model: type[Model], **given: object) -> Model:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise BadInput(said(error, "day")[1].replace("start: ", "--from, --to: ")) from None


async def _without_shift(store: Store, zone: tzinfo, agents: Sequence[str], day: date) -> list[str]:
    """Who of them has no shift that begins on this day, nor anything else written of it."""
    plan = await Schedules(store, zone).plan(agents, day, day)
    return [agent for agent in agents if not plan.exceptions(agent, day) and not plan.shifts(agent, day, day)]


def _told(idle: Sequence[str]) -> str:
    """A wrong day is a slip that nobody sees: what is written of it holds, and changes nothing."""
    return f" No shift of {' or '.join(idle)} begins on that day." if idle else ""


async def _require_agents(store: Store, numbers: Iterable[str]) -> None:
    known = {agent.number for agent in await store.agents(active_only=False)}
    if unknown := sorted(set(numbers) - known):
        raise BadInput(f"there is no agent {', '.join(unknown)}; expected numbers of agents in the data base")
