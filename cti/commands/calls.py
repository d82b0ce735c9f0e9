"""`callcenter calls …`: what became of the calls, from the running service."""

import argparse
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from acd.states import CallOutcome
from cti.commands.errors import Exit
from cti.commands.service import Service
from cti.commands.tables import seconds, table
from cti.settings import Settings
from recording.record import ERASED

Record = Mapping[str, Any]
"""A call record as the API gives it."""

TIMES = ("wait", "talk", "hold", "parked", "wrap_up")
"""The sums of a record that are shown."""

FILTERS = ("since", "until", "queue", "agent", "caller", "outcome", "after")


def list_calls(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show calls, the newest first."""
    service = Service(settings)
    query = {name: getattr(given, name) for name in FILTERS}
    answer = service.get("/api/calls", limit=given.limit, **query)
    return print_page(service, answer, as_json=given.json)


def print_page(service: Service, answer: Record, *, as_json: bool) -> Exit:
    """A page of calls as the API gave it, and how the next is asked for."""
    if as_json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return Exit.DONE
    if answer["calls"]:
        print_calls(answer["calls"], _zone(service))
    else:
        print("No such calls.")
    if answer["next"]:
        print(f"There are more: --after {answer['next']}")
    return Exit.DONE


def show_call(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show one call: its path, its offers, its legs, its recordings."""
    service = Service(settings)
    call = service.get(f"/api/calls/{given.id}")
    if given.json:
        print(json.dumps(call, indent=2, ensure_ascii=False))
    else:
        print("\n".join(describe(call, _zone(service), f"{settings.state}/recordings")))
    return Exit.DONE


def print_calls(calls: Iterable[Record], zone: ZoneInfo) -> None:
    """Call records as a table."""
    header = ("STARTED", "OUTCOME", "CALLER", "DIALLED", "QUEUE", "AGENT", "WAIT", "TALK", "ID")
    print(table(header, (_row(call, zone) for call in calls)))


def describe(call: Record, zone: ZoneInfo, recordings: str) -> Iterable[str]:
    """A call record in lines for people."""
    yield from _whole(call, zone)
    yield from _way(call, zone)
    yield from _talks(call, zone)
    yield from _aftermath(call, zone)
    yield from _audio(call, zone, recordings)


def _whole(call: Record, zone: ZoneInfo) -> Iterable[str]:
    name = f" {call['caller_name']}" if call["caller_name"] else ""
    yield from table(
        ("Call", call["id"]),
        [
            ("Caller", f"{call['caller']}{name}"),
            ("Dialled", call["dialled"]),
            ("Started", _local(call["started_at"], zone, "%Y-%m-%d %H:%M:%S %Z")),
            ("Outcome", f"{call['outcome']}, ended by the {call['ended_by']} ({call['reason']})"),
            ("Queue", call["queue"] or "none"),
            ("Agent", call["agent"] or "none"),
            (
                "Times",
                ", ".join(f"{part} {seconds(call[f'{part}_ms'])}" for part in TIMES),
            ),
            ("Account", "reconstructed from Asterisk's ledger" if call["reconstructed"] else "complete"),
        ],
    ).splitlines()


def _way(call: Record, zone: ZoneInfo) -> Iterable[str]:
    """To an agent: through the flow and the queues."""
    if call["ivr_path"]:
        steps = (f"{step['node']}[{step['choice']}]" if step["choice"] else step["node"] for step in call["ivr_path"])
        yield f"Path     {' → '.join(steps)}"
    for visit in call["queues"]:
        when = _span(visit, zone, "entered_at", "left_at")
        yield f"Queue    {visit['queue']}, {when}: {visit['reason']} after {seconds(visit['wait_ms'])}"
    for offer in call["offers"]:
        when = _local(offer["at"], zone, "%H:%M:%S")
        yield f"Offer    {when} to {offer['agent']}: {offer['outcome']} after {seconds(offer['ring_ms'])}"
        if sentence := offer["decision"].get("sentence"):
            yield f"         {sentence}"


def _talks(call: Record, zone: ZoneInfo) -> Iterable[str]:
    """With whom, and what was done in it."""
    for talk in call["conversations"]:
        held = f", {seconds(talk['hold_ms'])} of it on hold" if talk["hold_ms"] else ""
        yield f"Talk     {_span(talk, zone)} with {talk['agent']}{held}"
    for transfer in call["transfers"]:
        to = " ".join(part for part in (transfer["queue"], transfer["to"]) if part) or "nobody"
        when = _local(transfer["at"], zone, "%H:%M:%S")
        yield f"Transfer {when} {transfer['kind']}, by {transfer['agent']} to {to}"
    for parking in call["parkings"]:
        where = f"at {parking['space']}" if parking["space"] else "nowhere"
        end = parking["outcome"] or "not told"
        by = f" by {parking['to']}" if parking["to"] else ""
        yield f"Parked   {_span(parking, zone)} {where} by {parking['agent']}: {end}{by}"
    for mute in call["mutes"]:
        yield f"Muted    {_span(mute, zone)} {mute['agent']}, at the word of {mute['by']}"


def _aftermath(call: Record, zone: ZoneInfo) -> Iterable[str]:
    """What came of it."""
    for survey in call["surveys"]:
        about = ", ".join(f"{part} {survey[part]}" for part in ("queue", "agent") if survey[part])
        mark = "not answered" if survey["score"] is None else survey["score"]
        yield f"Survey   {survey['survey']}: {mark}{f' ({about})' if about else ''}"
    for message in call["messages"]:
        heard = ", ".join(f"heard by {one['agent']}" for one in message["heard"] if one["whole"])
        became = ", ".join(part for part in (heard, message["outcome"] or "open") if part)
        yield f"Message  for {message['queue']}, {seconds(message['duration_ms'])}: {became}"
    for closing in call["closings"]:
        words = "; ".join(part for part in (closing["matter"], closing["note"]) if part)
        when, means = _local(closing["at"], zone, "%H:%M:%S"), "resolved" if closing["resolved"] else "not resolved"
        yield f"Closed   {when} {closing['code']} ({means}), by {closing['by']}{f': {words}' if words else ''}"


def _audio(call: Record, zone: ZoneInfo, recordings: str) -> Iterable[str]:
    """The channels, and what of them was recorded."""
    for leg in call["legs"]:
        yield f"Leg      {leg['kind']} {leg['number']}, {_span(leg, zone)}, {leg['channel']}, cause {leg['cause']}"
    for recording in call["recordings"]:
        length, place = seconds(recording["duration_ms"]), recording["place"]
        yield f"Recorded {_where(recordings, recording['file'], place)} ({length})"
        for pause in recording["pauses"]:
            times = f"{seconds(pause['start_ms'])} to {seconds(pause['end_ms'])}"
            yield f"         paused from {times} by {pause['who']}: {pause['why']}"
    for missing in call["missing"]:
        yield f"Missing  {_span(missing, zone)}: {missing['cause']}"


def _where(folder: str, file: str, place: str) -> str:
    """Where audio lies. What is deleted lies nowhere."""
    if place == ERASED:
        return "and deleted: `callcenter recordings erased` says when and why"
    return f"{place}: {file}" if place else f"{folder}/{file}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter calls`; nothing means `list`."""
    commands = parser.add_subparsers(title="commands", metavar="command")
    listing = commands.add_parser("list", help="show calls, the newest first", description=list_calls.__doc__)
    listing.add_argument(
        "--since", metavar="TIME", help="began at this time or later: 2026-11-22T08:00 (centre's time)"
    )
    listing.add_argument("--until", metavar="TIME", help="began before this time")
    listing.add_argument("--queue", help="stood last in this queue")
    listing.add_argument("--agent", metavar="NUMBER", help="spoke first with this agent")
    listing.add_argument("--caller", metavar="NUMBER", help="came from this number")
    listing.add_argument("--outcome", choices=[outcome.value for outcome in CallOutcome], help="ended like this")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many, up to 500 (default 20)")
    listing.add_argument("--after", metavar="ID", help="older than this call: the next page")
    listing.add_argument("--json", action="store_true", help="the API's own answer")
    listing.set_defaults(run=list_calls)
    parser.set_defaults(**vars(listing.parse_args([])))
    showing = commands.add_parser("show", help="show one call", description=show_call.__doc__)
    showing.add_argument("id", help="the call's id")
    showing.add_argument("--json", action="store_true", help="the API's own answer")
    showing.set_defaults(run=show_call)


def _row(call: Record, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        _local(call["started_at"], zone, "%Y-%m-%d %H:%M:%S"),
        call["outcome"],
        call["caller"],
        call["dialled"],
        call["queue"] or "-",
        call["agent"] or "-",
        seconds(call["wait_ms"]),
        seconds(call["talk_ms"]),
        call["id"],
    )


def _span(part: Record, zone: ZoneInfo, start: str = "started_at", end: str = "ended_at") -> str:
    return f"{_local(part[start], zone, '%H:%M:%S')} to {_local(part[end], zone, '%H:%M:%S')}"


def _zone(service: Service) -> ZoneInfo:
    return ZoneInfo(service.get("/api/centre")["time_zone"])


def _local(instant: str, zone: ZoneInfo, form: str) -> str:
    return datetime.fromisoformat(instant).astimezone(zone).strftime(form)
