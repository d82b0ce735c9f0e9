"""`callcenter staff …`: who joined and left, in the data base; the service need not run."""

import argparse
from contextlib import suppress
from datetime import date

from cti.centre import Centre
from cti.commands.arguments import agent_number, day, fitting, name, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.service import Service
from cti.commands.sheets import sheet_commands
from cti.commands.tables import table
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent, moved
from recording.store import Store


class EntryUnknown(CommandError):
    """Nothing of that kind is written."""

    id = "unknown-staff-entry"


def list_staff(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who joined, changed and left, in order of time."""
    entries = with_store(settings, lambda store: Staff(store).entries())
    rows = (
        (
            *(str(one.day), one.agent, one.event.value),
            *(("-", "-") if one.event is StaffEvent.LEFT else (f"{one.share} %", one.team or "-")),
        )
        for one in entries
    )
    print(table(("DAY", "AGENT", "EVENT", "SHARE", "TEAM"), rows))
    return Exit.DONE


def join(settings: Settings, given: argparse.Namespace) -> Exit:
    """An agent who is in the data base joins on a day; his account is open."""
    return _write(settings, given, StaffEvent.JOINED)


def change(settings: Settings, given: argparse.Namespace) -> Exit:
    """An agent works more or less, or in another team, from a day on."""
    return _write(settings, given, StaffEvent.CHANGED)


def leave(settings: Settings, given: argparse.Namespace) -> Exit:
    """An agent leaves at the end of a day. From the next day on he cannot sign in, and his tokens hold no more."""
    return _write(settings, given, StaffEvent.LEFT)


def remove(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take an entry out that was wrong. An account that it closed is opened again."""
    today = current_centre(settings).today()

    async def take_out(store: Store) -> bool:
        staff = Staff(store)
        done = await staff.remove(given.agent, given.day, StaffEvent(given.event))
        if done and (await staff.staffing()).employed(given.agent, today):
            await staff.open_again([given.agent])
        return done

    if not with_store(settings, take_out):
        raise EntryUnknown(f"nothing of that kind is written for agent {given.agent} on {given.day}")
    print(f"Agent {given.agent}, {given.day}: {given.event} is taken out.")
    return Exit.DONE


def turnover(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the turnover of some days as a yearly rate; the present year until today as a rule."""
    today = current_centre(settings).today()
    until = given.until or max(given.since or today, today)
    since = given.since or until.replace(month=1, day=1)
    if until < since:
        raise BadInput(f"--until: expected {since} or a later day")
    found = with_store(settings, lambda store: Staff(store).staff_changes(since, until, given.team))
    rate = "no data" if found.turnover is None else f"{found.turnover:.2f} % a year"
    print(f"{since} to {until}: {len(found.joined)} joined, {len(found.left)} left,", end=" ")
    print(f"{float(found.mean_full_time):.2f} full-time people in the mean. Turnover: {rate}")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter staff`; nothing means `list`."""
    parser.set_defaults(run=list_staff)
    command = subcommands(parser)
    command("list", list_staff)
    for verb, run in (("join", join), ("change", change)):
        writing = command(verb, run)
        writing.add_argument("agent", type=agent_number)
        writing.add_argument("--day", type=day, metavar="DAY", help="the first day (default: today)")
        writing.add_argument("--share", type=_percent, metavar="PERCENT", help="of a full week (default: as before)")
        writing.add_argument("--team", type=name, help="(default: as before)")
    leaving = command("leave", leave)
    leaving.add_argument("agent", type=agent_number)
    leaving.add_argument("--last-day", dest="day", type=day, metavar="DAY", help="(default: today)")
    leaving.set_defaults(share=None, team=None)
    removing = command("remove", remove)
    removing.add_argument("agent", type=agent_number)
    removing.add_argument("day", type=day)
    removing.add_argument("event", choices=[event.value for event in StaffEvent])
    rating = command("turnover", turnover)
    rating.add_argument("--since", type=day, metavar="DAY")
    rating.add_argument("--until", type=day, metavar="DAY", help="the last day")
    rating.add_argument("--team")
    sheet_commands(command, ["staff"])


def _percent(text: str) -> int:
    return int(fitting(r"[1-9]\d?|100", "1 to 100 percent of a full week")(text))


async def _moved(staff: Staff, agent: str, of: date, event: StaffEvent) -> StaffEntry | None:
    """The entry for which this one will stand."""
    return next(iter(moved(await staff.entries(agent), [StaffEntry(agent=agent, day=of, event=event)])), None)


def _write(settings: Settings, given: argparse.Namespace, event: StaffEvent) -> Exit:
    centre: Centre = current_centre(settings)
    of: date = given.day or centre.today()

    async def save(store: Store) -> list[str]:
        if given.agent not in {agent.number for agent in await store.agents(active_only=False)}:
            raise BadInput(f"there is no agent {given.agent}; expected one whom `callcenter agents add` has added")
        staff = Staff(store)
        had = (await staff.staffing()).at(given.agent, of) or await _moved(staff, given.agent, of, event)
        share = given.share or (had.share if had else 100)
        team = given.team if given.team is not None else had.team if had else ""
        await staff.save([StaffEntry(agent=given.agent, day=of, event=event, share=share, team=team)])
        if event is not StaffEvent.LEFT and (await staff.staffing()).employed(given.agent, centre.today()):
            await staff.open_again([given.agent])
        return await staff.settle(centre.today())

    closed = with_store(settings, save)
    print(f"Agent {given.agent}, {of}: {event}.{' His account is closed.' if given.agent in closed else ''}")
    with suppress(CommandError):  # a service that runs reads him anew when he is asked for
        Service(settings).get(f"/api/agents/{given.agent}/profile")
    later = with_store(settings, lambda store: Staff(store).entries(given.agent))
    if following := [one for one in later if one.day > of]:
        again = following[0]
        print(
            f"From {again.day} on something else is written: {again.event}. Where that is wrong, "
            f"`callcenter staff remove {given.agent} {again.day} {again.event}`."
        )
    return Exit.DONE
