"""`callcenter dialplan show`: the path a call would take, without Asterisk and without the service."""

import argparse
import asyncio
import json
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from acd.closures import EVERY
from cti.callers import find_caller
from cti.centre import Centre
from cti.commands.arguments import of_version
from cti.commands.errors import BadInput, Exit, ServiceAway, ServiceRefused
from cti.commands.service import Service
from cti.rehearsal import Directory, rehearse_request
from cti.settings import Settings
from cti.versions.start import folder_at, load_of
from ivr.rehearsal.hand import FORMS as ACTS
from ivr.rehearsal.moment import FORMS as MOMENTS
from ivr.rehearsal.request import FAILED, QueueOutcome, Request, TransferOutcome
from recording.directory import Directory as Callers
from recording.store import Store

SHUT = 'an emergency has shut it; "*": all of them (default: those shut now, where the service runs)'
PATIENCE_S = 2.0
"""A rehearsal needs no service, and waits no longer for one."""


def show(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show which way a call would take.

    The flows are walked as a real call walks them; what the call meets besides is as given here. What is not given is
    assumed, and marked so: the caller is silent, agents answer.
    """
    centre = load_of(settings)(folder_at(settings, given.version))
    request = request_of(centre, given)
    if not given.closed:
        request = request.model_copy(update={"closures": declared(settings, centre)})
    rehearsed = rehearse_request(centre, request, directory(settings, centre, request))
    if given.json:
        print(json.dumps(rehearsed.plain(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(rehearsed.lines()))
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter dialplan show`."""
    parser.add_argument("dial", metavar="NUMBER", help="the number dialled, one of centre.yaml")
    parser.add_argument("--at", default="now", metavar="MOMENT", help=f"when, in the centre's time zone: {MOMENTS}")
    parser.add_argument("--caller", default="", metavar="NUMBER", help="calls from here (default: withheld)")
    parser.add_argument("--name", default="", help="the name his line sends")
    parser.add_argument("--press", default="", metavar="ACTS", help=f"separated by commas: {ACTS}")
    parser.add_argument("--known", metavar="NAME", help="the caller is known by this name")
    parser.add_argument("--vip", action="store_true", help="he is known as a VIP")
    parser.add_argument("--priority", type=int, default=0, metavar="POINTS", help="his points of priority, as known")
    parser.add_argument("--agent", default="", metavar="NUMBER", help="the agent he is to reach first, as known")
    parser.add_argument("--open-case", default="", metavar="CASE", help="a case of his that is open, as known")
    parser.add_argument("--language", default="", help="the language he speaks, as known")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="NODE=JSON",
        help=f'what the service of a look-up answers, or "{FAILED}"; again for other nodes',
    )
    outcomes = ", ".join(get_args(QueueOutcome))
    parser.add_argument(
        "--queue-outcome",
        action="append",
        default=[],
        metavar="[QUEUE=]OUTCOME",
        help=f"how he leaves the queue, or each: {outcomes} (default answered)",
    )
    parser.add_argument(
        "--transfer",
        action="append",
        default=[],
        metavar="NODE=OUTCOME",
        help=f"what becomes of a transfer: {', '.join(get_args(TransferOutcome))} (default answered)",
    )
    parser.add_argument("--no-message", action="store_true", help="he leaves no message where he is asked for one")
    parser.add_argument("--no-callback", action="store_true", help="he cannot be called back")
    parser.add_argument("--closed", action="append", default=[], metavar="CALENDAR", help=SHUT)
    of_version(parser)
    parser.add_argument("--json", action="store_true", help="everything as JSON, for programs")


def directory(settings: Settings, centre: Centre, request: Request) -> Directory:
    """Who calls, as the data base has it, if there is one here: a rehearsal makes none."""
    if request.known is not None or not request.caller:
        return Directory()
    if not settings.database and not settings.database_file.exists():
        return Directory(source="there is no directory of callers here")
    return asyncio.run(_look_up(settings, centre, request.caller))


async def _look_up(settings: Settings, centre: Centre, number: str) -> Directory:
    store = Store(settings.database_url)
    try:
        return Directory(caller=await find_caller(Callers(store), centre, number), source="as the directory has it")
    except (SQLAlchemyError, OSError):
        return Directory(source="the directory of callers cannot be read")
    finally:
        await store.close()


def declared(settings: Settings, centre: Centre) -> dict[str, str]:
    """The closures that are on now, of calendars that this centre has, as far as the service can be asked."""
    try:
        closures = Service(settings, timeout_s=PATIENCE_S).get("/api/closures")["closures"]
    except (ServiceAway, ServiceRefused):
        return {}
    on = {closure["calendar"]: closure["announcement"] for closure in closures}
    return {name: announced for name, announced in on.items() if name == EVERY or name in centre.calendars}


def request_of(centre: Centre, given: argparse.Namespace) -> Request:
    """The call that the arguments describe. Raises BadInput."""
    known = {"name": given.known, "vip": given.vip or None, "priority": given.priority, "agent": given.agent}
    known |= {"open_case": given.open_case, "language": given.language}
    known = {key: value for key, value in known.items() if value}
    wanted: dict[str, Any] = {
        "dial": given.dial,
        "at": given.at,
        "caller": given.caller,
        "name": given.name,
        "press": [act.strip() for act in given.press.split(",") if act.strip()],
        "answers": {node: _json(node, text) for node, text in _pairs(given.answer, "NODE=JSON")},
        "queues": _queues(centre, given.queue_outcome),
        "transfers": dict(_pairs(given.transfer, "NODE=OUTCOME")),
        "closures": dict.fromkeys(given.closed, ""),
    }
    if known:
        wanted["known"] = known
    if given.no_message:
        wanted["messages"] = "none"
    if given.no_callback:
        wanted["callbacks"] = "refused"
    try:
        return Request.model_validate(wanted)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = "/".join(str(part) for part in first["loc"])
        raise BadInput(
            f"{at} {first['input']!r} does not fit; {first['msg'].replace('Input should be', 'expected')}"
        ) from None


def _queues(centre: Centre, written: list[str]) -> dict[str, str]:
    outcomes: dict[str, str] = {}
    for text in written:
        queue, named, outcome = text.rpartition("=")
        outcomes |= {queue: outcome} if named else dict.fromkeys(centre.queues, outcome)
    return outcomes


def _pairs(written: list[str], form: str) -> Iterable[tuple[str, str]]:
    for text in written:
        name, found, value = text.partition("=")
        if not found or not name:
            raise BadInput(f"{text!r} does not fit; expected {form}")
        yield name, value


def _json(node: str, text: str) -> Any:
    if text == FAILED:
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadInput(f'the answer for {node} is no JSON: {error}; expected JSON, or "{FAILED}"') from None
