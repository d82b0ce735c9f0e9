"""`callcenter dialplan publish`, `history`, `diff`, `rollback`, `take`: the versions of the centre's files.

A publication goes through the running service. Where none runs, it is made on the files, and the service starts with
it. What only reads, reads the versions themselves, which never change.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from cti.centre import centre_of
from cti.commands.arguments import by_whom
from cti.commands.errors import BadInput, CommandError, Exit, ServiceAway, ServiceRefused
from cti.commands.file_warnings import tell_warnings
from cti.commands.service import LONGEST_S, Service
from cti.commands.tables import table
from cti.settings import Settings
from cti.versions.difference import Difference, difference, words_of
from cti.versions.errors import Superseded
from cti.versions.folder import Folder
from cti.versions.manifest import Manifest, Order
from cti.versions.start import current_centre, folder_of, publish_alone, versions_of
from cti.versions.store import Versions

Command = Callable[[str, Callable[[Settings, argparse.Namespace], Exit]], argparse.ArgumentParser]

LOST = (
    "look at `callcenter dialplan diff {base} {current}`; `callcenter dialplan take --keep` brings both together where "
    "no file was changed by both, else do so by hand and publish with --base {current}"
)


class NoVersion(CommandError):
    """Nothing has been published yet."""

    id = "nothing-published"


def publish(settings: Settings, given: argparse.Namespace) -> Exit:
    """Publish the folder as it is now: all of it, or nothing. New calls take it at once; no call is cut, and each goes
    on in the version in which it began. An edit that began from an older version is refused with what came meanwhile.
    What fits and is worth a word all the same is told as by `callcenter check`.
    """
    folder = folder_of(settings)
    if given.strict and tell_warnings(settings, centre_of(settings)):
        raise BadInput("--strict: a warning is a fault; expected none, or a publication without --strict")
    body = {"why": given.why, "by": given.by, "base": given.base, "untested": given.untested}
    done = _publish(
        settings,
        "/api/centre/versions/from-folder",
        body,
        lambda: _publish_alone(settings, folder, given),
    )
    if not given.strict:  # they have been told
        tell_warnings(settings, centre_of(settings))
    return done


def roll_back(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make the files of an older version the current ones again, as a new version; without a number, those of the
    version before the current one. The folder stays as it is: `take` brings the files into it.
    """
    versions = versions_of(settings)
    base = _current(versions)
    to = given.number or versions.manifest(base).parent
    if to is None:
        raise NoVersion("there is no version before the first; expected one to go back to")

    def alone() -> Manifest:
        order = Order(base=base, by=given.by, why=given.why, restores=to, tested=False)
        return publish_alone(settings, versions.files(to), order)

    body = {"to": to, "base": base, "why": given.why, "by": given.by}
    return _publish(settings, "/api/centre/roll-back", body, alone)


def history(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show who published what, when and why, the newest first; `*` marks the version that holds."""
    versions = versions_of(settings)
    current = _current(versions)
    zone = current_centre(settings).time_zone
    shown = versions.history(current - given.limit + 1)
    rows = (
        (
            f"{one.number}{'*' if one.number == current else ''}",
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}",
            one.by,
            f"{one.why} (back to version {one.restores})" if one.restores else one.why,
        )
        for one in reversed(shown)
    )
    print(table(("VERSION", "TIME", "BY", "WHY"), rows))
    return Exit.DONE


def diff(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show what is different: in a few words, then file by file. Between two versions; or from one to the folder, from
    the current one if none is named: what a publication would change.
    """
    versions = versions_of(settings)
    before = given.before or _current(versions)
    edited = given.after is None
    after = folder_of(settings).read(f"{settings.dialplans}/") if edited else versions.files(given.after)
    _show(difference(versions.files(before), after))
    return Exit.DONE


def take(settings: Settings, given: argparse.Namespace) -> Exit:
    """Bring the files of a version into the folder, the current one's if none is named. It is refused where the folder
    holds edits that were never published, unless these are to be kept or discarded.
    """
    versions = versions_of(settings)
    number = given.number or _current(versions)
    changed = folder_of(settings).take(number, discard=given.discard, keep=given.keep)
    print(f"{settings.dialplans} is as version {number} says{', with your edits' if given.keep else ''}.")
    for name in changed:
        print(f"  {name}")
    if number != versions.current:
        print(f"Version {versions.current} is current: an edit of version {number} must be brought together with it.")
    return Exit.DONE


def add_commands(command: Command) -> None:
    """Adds them to `callcenter dialplan`."""
    publishing = command("publish", publish)
    publishing.add_argument("--why", required=True, metavar="TEXT", help="the reason, in one line")
    by_whom(publishing)
    publishing.add_argument(
        "--base", type=_number, metavar="N", help="the version with which the edits have been brought together"
    )
    publishing.add_argument(
        "--untested",
        action="store_true",
        help="also where conversations kept beside the flows go otherwise than they expect",
    )
    publishing.add_argument("--strict", action="store_true", help="not where there is a warning")
    listing = command("history", history)
    listing.add_argument("--limit", type=_number, default=20, metavar="N", help="at most so many (default 20)")
    comparing = command("diff", diff)
    comparing.add_argument("before", nargs="?", type=_number, metavar="A", help="from this version (default: current)")
    comparing.add_argument("after", nargs="?", type=_number, metavar="B", help="to this one (default: the folder)")
    going_back = command("rollback", roll_back)
    going_back.add_argument(
        "number", nargs="?", type=_number, metavar="N", help="to this version (default: the one before the current)"
    )
    going_back.add_argument("--why", required=True, metavar="TEXT", help="the reason, in one line")
    by_whom(going_back)
    taking = command("take", take)
    taking.add_argument("number", nargs="?", type=_number, metavar="N", help="the version (default: current)")
    edits = taking.add_mutually_exclusive_group()
    edits.add_argument("--keep", action="store_true", help="keep edits of files that nobody else has changed since")
    edits.add_argument("--discard", action="store_true", help="edits that were never published are lost")


def _publish(settings: Settings, path: str, body: Mapping[str, Any], alone: Callable[[], Manifest]) -> Exit:
    try:
        told = Service(settings, timeout_s=LONGEST_S).post(path, **body)
    except ServiceAway:
        try:
            version = alone()
        except Superseded as error:
            raise CommandError(f"{error}\n{LOST.format(base=error.base, current=error.current)}") from None
        _tell(version.number, words_of(versions_of(settings), version))
        print("The service does not run; it starts with this version.")
        return Exit.DONE
    except ServiceRefused as error:
        if error.id != Superseded.id:
            raise
        base = body["base"] or folder_of(settings).base
        hint = LOST.format(base=base, current=versions_of(settings).current)
        raise ServiceRefused(error.id, f"{error}\n{hint}") from None
    _tell(told["version"]["number"], told["words"])
    if names := told["queues_retired"]:
        print(f"No longer in the files, but served for the calls under way: {', '.join(names)}.")
    return Exit.DONE


def _publish_alone(settings: Settings, folder: Folder, given: argparse.Namespace) -> Manifest:
    base = given.base or (folder.require_base() if folder.versions.current else 0)
    shown = f"{settings.dialplans}/"
    order = Order(base=base, by=given.by, why=given.why, tested=not given.untested)
    version = publish_alone(settings, folder.read(shown), order, shown)
    folder.came_to(version.number)
    return version


def _current(versions: Versions) -> int:
    if not (current := versions.current):
        raise NoVersion("nothing has been published yet; `callcenter dialplan publish` or the first start does it")
    return current


def _tell(number: int, words: tuple[str, ...] | list[str]) -> None:
    print(f"Version {number} holds.")
    for word in words:
        print(f"  {word}")


def _show(told: Difference) -> None:
    if not told.files:
        print("There is no difference.")
    for word in told.words:
        print(word)
    for file in told.files:
        print(f"\n{file.text}" if file.text else f"\n{file.name}: {file.change}")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a number from 1")
    return int(text)
