"""Arguments of agents' commands, checked as they are read from the command line."""

import argparse
import getpass
from collections.abc import Callable
from datetime import date, datetime
from re import fullmatch
from typing import Any
from zoneinfo import ZoneInfo

from cti.commands.errors import BadInput


def fitting(pattern: str, expected: str) -> Callable[[str], str]:
    """An argument's type: a text of that form."""

    def check(text: str) -> str:
        if not fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected {expected}")
        return text

    return check


def subcommands(
    parser: argparse.ArgumentParser, *, required: bool = False
) -> Callable[[str, Callable[..., Any]], argparse.ArgumentParser]:
    """Adds one command after another below `parser`: its name, and the function whose docstring describes it, its first
    sentence in the list of all."""
    commands = parser.add_subparsers(title="commands", metavar="command", required=required)

    def command(name: str, run: Callable[..., Any]) -> argparse.ArgumentParser:
        doc = run.__doc__ or ""
        first = " ".join(doc.split()).partition(". ")[0].rstrip(".")
        sub = commands.add_parser(name, help=first.replace("%", "%%"), description=doc)
        sub.set_defaults(run=run)
        return sub

    return command


def instant(text: str, zone: ZoneInfo) -> datetime:
    """A time; the centre's, where it names no zone. Raises BadInput."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no time; expected one such as 2026-11-22T08:00") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def forecast_argument(parser: argparse.ArgumentParser, usual: str) -> None:
    """Whether a report has its forecast."""
    said = f"with the forecast of the next day, week or month at its end, or without (default: {usual})"
    parser.add_argument("--forecast", action=argparse.BooleanOptionalAction, default=None, help=said)


agent_number = fitting(r"[0-9]{2,8}", "2 to 8 digits")
phone = fitting(r"[A-Za-z0-9]{2,32}", "2 to 32 letters and digits")
phone_or_none = fitting(r"[A-Za-z0-9]{2,32}|", "2 to 32 letters and digits, or nothing")
outside = fitting(r"\+?[0-9]{3,20}", "3 to 20 figures, perhaps with a + before")
outside_or_none = fitting(r"(\+?[0-9]{3,20})?", "3 to 20 figures, perhaps with a + before, or nothing")
name = fitting(r"[^\x00-\x1f\x7f]{1,80}", "1 to 80 characters")


def skill(text: str) -> tuple[str, int]:
    """A skill and a level from 1 to 10."""
    chosen, level = skill_or_none(text)
    if level == 0:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a level from 1 to 10: sales=5")
    return chosen, level


def skill_or_none(text: str) -> tuple[str, int]:
    """A skill and a level from 0 to 10."""
    match = fullmatch(r"([a-z][a-z0-9_-]*)=([0-9]|10)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a skill and a level up to 10: sales=5")
    return match[1], int(match[2])


def attribute(text: str) -> tuple[str, str]:
    """An attribute and its value, which may be empty."""
    match = fullmatch(r"([a-z][a-z0-9_-]*)=([^\x00-\x1f\x7f]{0,64})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected an attribute and its value: language=cmn")
    return match[1], match[2]


def day(text: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; expected a day such as 2026-11-22") from None


def by_whom(parser: argparse.ArgumentParser) -> None:
    """Who gives the command, where that is kept."""
    parser.add_argument("--by", default=_user(), metavar="NAME", help="who asks for it, for the log (default: you)")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in containers
        return "command"


def of_version(parser: argparse.ArgumentParser) -> None:
    """`--version N`: the files of a version instead of those in the folder."""
    parser.add_argument(
        "--version", type=int, metavar="N", help="with the files of this version (default: those in the folder)"
    )
