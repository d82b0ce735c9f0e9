"""`callcenter recordings …`: search, hold and delete recordings, and see who heard them, from the running service; and
the keys under which they are sealed, for which it need not run.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from acd.states import CallOutcome
from cti.commands.arguments import fitting, subcommands
from cti.commands.calls import print_page
from cti.commands.database import with_store
from cti.commands.errors import CommandError, Exit
from cti.commands.service import Service
from cti.commands.tables import table
from cti.settings import Settings
from recording.manifest import Kind
from recording.store import Store

SEARCHED = (
    *("number", "agent", "queue", "since", "until", "length_from_s", "length_to_s", "outcome"),
    *("score_from", "score_to", "mark_from", "mark_to", "after"),
)
ROUND = 500
SHOWN = 100
"""So often a long command says how far it is, in recordings."""


class KeyInUse(CommandError):
    """Recordings are sealed under the key."""

    id = "recording-key-in-use"


class SealingOff(CommandError):
    """New recordings would lie open all the same."""

    id = "recording-sealing-off"

    def __init__(self) -> None:
        super().__init__("`encrypt` of [recordings] is off; set it to true first, or new recordings would lie open")


class StoreAway(CommandError):
    """One of the two stores cannot be reached, or is not in the settings."""

    id = "recording-shelf-away"


def search(settings: Settings, given: argparse.Namespace) -> Exit:
    """Find calls that have recordings, the newest first."""
    service = Service(settings)
    query = {name: getattr(given, name) for name in SEARCHED}
    answer = service.get("/api/recordings", limit=given.limit, **query)
    return print_page(service, answer, as_json=given.json)


def hold(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let nobody delete the recordings of a call, retention neither."""
    Service(settings, by=given.by).post(f"/api/calls/{given.call}/recordings/hold", why=given.why, until=given.until)
    print(f"The recordings of call {given.call} are held.")
    return Exit.DONE


def release(settings: Settings, given: argparse.Namespace) -> Exit:
    """End the holds of a call."""
    Service(settings, by=given.by).post(f"/api/calls/{given.call}/recordings/release")
    print(f"The recordings of call {given.call} are not held any more.")
    return Exit.DONE


def erase(settings: Settings, given: argparse.Namespace) -> Exit:
    """Delete the recordings of a call now. A proof stays."""
    answer = Service(settings, by=given.by).post(f"/api/calls/{given.call}/recordings/erase", why=given.why)
    for one in answer["erased"]:
        print(f"Recording {one['n']} of call {one['call']} is gone (SHA-256 {one['sha256']}).")
    if answer["left"]:
        print(f"{answer['left']} cannot be heard any more, and will be deleted when their store is back.")
    return Exit.DONE


def list_holds(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what is held."""
    service = Service(settings)
    zone = _zone(service)
    rows = (
        (one["call"], _local(one["held_at"], zone), _local(one["until"], zone) if one["until"] else "-", *_said(one))
        for one in service.get("/api/recordings/holds")["holds"]
    )
    print(table(("CALL", "SINCE", "UNTIL", "BY", "WHY"), rows))
    return Exit.DONE


def list_erased(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the proofs of deleted recordings, the latest first."""
    service = Service(settings)
    zone = _zone(service)
    answer = service.get("/api/recordings/erased", call=given.call, limit=given.limit, after=given.after)
    rows = (
        (_local(one["gone_at"], zone), one["call"], _which(one), one["rule"], *_said(one), one["sha256"])
        for one in answer["erased"]
    )
    print(table(("GONE", "CALL", "N", "RULE", "BY", "WHY", "SHA-256"), rows))
    if answer["next"]:
        print(f"There are more: --after {answer['next']}")
    return Exit.DONE


def list_listenings(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who has heard what, the latest first."""
    service = Service(settings)
    zone = _zone(service)
    query = {name: getattr(given, name) for name in ("who", "call", "since", "until", "after")}
    answer = service.get("/api/recordings/listenings", limit=given.limit, **query)
    rows = (
        (
            *(_local(one["at"], zone), one["who"], one["call"], _which(one)),
            *(f"{one['first_byte']}-{one['last_byte']}/{one['bytes']}", one["address"]),
        )
        for one in answer["listenings"]
    )
    print(table(("WHEN", "WHO", "CALL", "N", "BYTES", "FROM"), rows))
    if answer["next"]:
        print(f"There are more: --after {answer['next']}")
    return Exit.DONE


def list_keys(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the names of the keys, the current one, and how many recordings each seals; never a key."""
    from recording.keeping.master_keys import read_keys  # noqa: PLC0415 (ciphers, for commands about keys alone)

    keys = read_keys(settings.recording_keys)
    counts = with_store(settings, _sealed)
    rows = (
        (name, "yes" if name == keys.current else "", str(counts.get(name, 0)), "" if name in keys.keys else "LOST")
        for name in sorted({*keys.keys, *counts})
    )
    print(table(("KEY", "CURRENT", "RECORDINGS", ""), rows))
    return Exit.DONE


def add_key(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make a key; new recordings are sealed under it from now on. Keep a copy of the file: who loses it loses them."""
    from recording.keeping import master_keys  # noqa: PLC0415 (as above)

    name = given.name or f"k{datetime.now(UTC):%Y%m%d-%H%M%S}"
    master_keys.add_key(settings.recording_keys, name)
    print(f"Key {name} is current, in {settings.recording_keys}. `keys rotate` puts older recordings under it, too.")
    return Exit.DONE


def rotate(settings: Settings, given: argparse.Namespace) -> Exit:
    """Put the data keys of all sealed recordings under the current key. No audio is touched."""
    from recording.keeping.kept import KeptRecordings  # noqa: PLC0415 (as above)
    from recording.keeping.master_keys import read_keys  # noqa: PLC0415 (as above)

    keys = read_keys(settings.recording_keys)

    async def turn_over(store: Store) -> int:
        kept, done = KeptRecordings(store), 0
        while some := await kept.under_other_keys(keys.current, ROUND):
            for one in some:
                assert one.wrapped is not None
                await kept.turned_over(one, keys.turn_over(one.wrapped, one.file))
            done += len(some)
        return done

    print(f"{with_store(settings, turn_over)} recordings are now under key {keys.current}.")
    return Exit.DONE


def remove_key(settings: Settings, given: argparse.Namespace) -> Exit:
    """Forget a key under which nothing is sealed any more."""
    from recording.keeping import master_keys  # noqa: PLC0415 (as above)

    if count := with_store(settings, _sealed).get(given.name, 0):
        raise KeyInUse(f"{count} recordings are sealed under key {given.name}; `keys rotate` first")
    master_keys.remove_key(settings.recording_keys, given.name)
    print(f"Key {given.name} is forgotten.")
    return Exit.DONE


def move(settings: Settings, given: argparse.Namespace) -> Exit:
    """Bring recordings that lie on another store to the one that the settings name. May be stopped, and run again."""
    from cti.keeping_parts import shelves_of  # noqa: PLC0415 (as above)
    from recording.keeping.carrier import Carried, Carrier  # noqa: PLC0415 (as above)
    from recording.keeping.kept import KeptRecordings  # noqa: PLC0415 (as above)
    from recording.keeping.shelf import ShelfError  # noqa: PLC0415 (as above)
    from recording.keeping.turn import Turn  # noqa: PLC0415 (as above)

    shelves = shelves_of(settings)

    async def carry(store: Store) -> Carried:
        carrier = Carrier(KeptRecordings(store), shelves, Turn(settings.recordings_folder))
        return await carrier.carry(shelves.current)

    try:
        carried = with_store(settings, carry)
    except ShelfError as error:
        raise StoreAway(str(error)) from None
    told = f"{carried.moved} recordings lie" if carried.moved or carried.left else "All recordings lie"
    print(f"{told} on {shelves.current} now.")
    if carried.left:
        print(f"{carried.left} stay where they are; the log says why.")
    return Exit.REFUSED if carried.left else Exit.DONE


def seal(settings: Settings, given: argparse.Namespace) -> Exit:
    """Seal the recordings that were kept while sealing was off. May be stopped, and run again."""
    from cti.keeping_parts import shelves_of  # noqa: PLC0415 (as above)
    from recording.keeping.kept import KeptRecordings  # noqa: PLC0415 (as above)
    from recording.keeping.sealer import Sealed, Sealer  # noqa: PLC0415 (as above)
    from recording.keeping.shelf import ShelfError  # noqa: PLC0415 (as above)
    from recording.keeping.turn import Turn  # noqa: PLC0415 (as above)

    async def lying_open(store: Store) -> tuple[int, int]:
        return await KeptRecordings(store).open_total()

    if not settings.recordings.encrypt:
        raise SealingOff
    count, size = with_store(settings, lying_open)
    if given.dry_run:
        print(f"{count} recordings lie open, {size / 1e6:.1f} MB; nothing was done.")
        return Exit.DONE

    async def run(store: Store) -> Sealed:
        sealer = Sealer(KeptRecordings(store), shelves_of(settings), Turn(settings.recordings_folder))
        return await sealer.seal(lambda done: _show_progress(done, count))

    try:
        done = with_store(settings, run)
    except ShelfError as error:
        raise StoreAway(str(error)) from None
    print(f"{done.sealed} recordings are sealed now.")
    if done.left:
        print(f"{done.left} stay open; the log says why.")
    return Exit.REFUSED if done.left else Exit.DONE


def _show_progress(done: int, count: int) -> None:
    if done and done % SHOWN == 0:
        print(f"{done} of {count} …", flush=True)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter recordings`."""
    command = subcommands(parser, required=True)
    _add_search(command("search", search))
    call = fitting(r"[0-9a-f]{32}", "a call's id: 32 figures, 0 to f")
    why = fitting(r"[^\x00-\x1f\x7f]{3,500}", "3 to 500 characters")
    name_of_person = fitting(r"[A-Za-z0-9._@-]{1,64}", "1 to 64 letters, figures and . _ @ -")
    for name, run in (("hold", hold), ("release", release), ("erase", erase)):
        one = command(name, run)
        one.add_argument("call", type=call, help="the call's id")
        one.add_argument("--by", type=name_of_person, metavar="NAME", help="who does it (default: who is logged in)")
        if run is not release:
            one.add_argument("--why", type=why, required=True, help="in words, for who looks later")
        if run is hold:
            one.add_argument("--until", metavar="TIME", help="until when; nothing: until it is released")
    command("move", move)
    command("seal", seal).add_argument("--dry-run", action="store_true", help="only say how many lie open")
    command("holds", list_holds)
    erased = command("erased", list_erased)
    heard = command("listenings", list_listenings)
    heard.add_argument("--who", metavar="TOKEN", help="the name of a token")
    heard.add_argument("--since", metavar="TIME")
    heard.add_argument("--until", metavar="TIME")
    for one in (erased, heard):
        one.add_argument("--call", type=call, metavar="ID")
        one.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many, up to 500 (default 50)")
        one.add_argument("--after", metavar="N", help="the next page")
    keys = command("keys", list_keys)
    keys_command = subcommands(keys)
    keys_command("list", list_keys)
    key = fitting(r"[a-z0-9][a-z0-9-]{0,31}", "small letters, figures and dashes")
    keys_command("add", add_key).add_argument("name", nargs="?", type=key, help="its name (default: by the time)")
    keys_command("rotate", rotate)
    keys_command("remove", remove_key).add_argument("name", type=key)


def _add_search(found: argparse.ArgumentParser) -> None:
    seconds = fitting(r"\d{1,6}(\.\d+)?", "seconds, such as 90")
    found.add_argument("--number", help="the caller's or the one dialled, in any spelling")
    found.add_argument("--agent", metavar="NUMBER", help="an agent who spoke with the caller")
    found.add_argument("--queue", help="a queue in which the caller stood")
    found.add_argument(
        "--since", metavar="TIME", help="began at this time or later: 2026-11-22T08:00, or a day (centre's time)"
    )
    found.add_argument("--until", metavar="TIME", help="began before this time")
    found.add_argument(
        "--longer",
        dest="length_from_s",
        type=seconds,
        metavar="SECONDS",
        help="its recordings together last so long at least",
    )
    found.add_argument("--shorter", dest="length_to_s", type=seconds, metavar="SECONDS", help="… at most")
    found.add_argument("--outcome", choices=[outcome.value for outcome in CallOutcome])
    found.add_argument("--score-from", metavar="SCORE", help="score of its released review, 0 to 100")
    found.add_argument("--score-to", metavar="SCORE")
    found.add_argument("--mark-from", type=int, metavar="MARK", help="the caller's mark in a survey, 1 to 9")
    found.add_argument("--mark-to", type=int, metavar="MARK")
    found.add_argument("--limit", type=int, default=20, metavar="N", help="at most so many, up to 500 (default 20)")
    found.add_argument("--after", metavar="ID", help="older than this call: the next page")
    found.add_argument("--json", action="store_true", help="the API's own answer")


async def _sealed(store: Store) -> Mapping[str, int]:
    from recording.keeping.kept import KeptRecordings  # noqa: PLC0415 (as above)

    return await KeptRecordings(store).sealed_under()


def _said(one: Mapping[str, Any]) -> Sequence[str]:
    return str(one["by"]), str(one["why"])


def _zone(service: Service) -> ZoneInfo:
    return ZoneInfo(service.get("/api/centre")["time_zone"])


def _which(one: Mapping[str, Any]) -> str:
    """Of the call's recordings, or of the messages left in it."""
    return f"message {one['n']}" if one["kind"] == Kind.MESSAGE else str(one["n"])


def _local(instant: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(instant).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
