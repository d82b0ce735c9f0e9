"""`callcenter tokens …`: access tokens of the API, each with a name and a role, in the data base; the service need not
run. The owner's token is another: it lies in the state folder.
"""

import argparse
from datetime import UTC, datetime

from cti.access import OWNER, Permission, Role, new_token
from cti.commands.arguments import agent_number, fitting, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.quality_told import tell_service
from cti.commands.tables import table
from cti.settings import Settings
from recording.access import AccessTokens, GivenToken
from recording.store import Store


class TokenKnown(CommandError):
    """A token of that name was given out."""

    id = "token-known"


class TokenUnknown(CommandError):
    """No token of that name holds."""

    id = "unknown-token"


def list_tokens(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the tokens that were given out, by name; the tokens themselves are kept nowhere."""

    async def read(store: Store) -> list[GivenToken]:
        return await AccessTokens(store).all()

    rows = (_row(one) for one in with_store(settings, read))
    print(table(("NAME", "ROLE", "AGENT", "MAY", "MADE", "REVOKED"), rows))
    return Exit.DONE


def _row(token: GivenToken) -> tuple[str, ...]:
    made, revoked = token.created_at, token.revoked_at
    return (
        *(token.name, token.role, token.agent or "-", ",".join(token.permissions) or "-"),
        *(f"{made:%Y-%m-%d}", f"{revoked:%Y-%m-%d}" if revoked else "-"),
    )


def add(settings: Settings, given: argparse.Namespace) -> Exit:
    """Make a token. It is shown once; what its bearer publishes is published in its name."""
    if given.role == Role.AGENT and not given.agent:
        raise BadInput("--agent: expected the agent's number with --role agent")
    if given.agent and given.role != Role.AGENT and Permission.REVIEW not in given.may:
        raise BadInput("--agent: expected with --role agent, or with --may review: a reviewer who takes calls himself")
    token, kept = new_token(
        given.name, Role(given.role), agent=given.agent or "", permissions=[Permission(one) for one in given.may]
    )

    async def save(store: Store) -> bool:
        return await AccessTokens(store).add(kept)

    if given.name == OWNER or not with_store(settings, save):
        raise TokenKnown(f"a token {given.name} was given out; expected a name that is free")
    print(f"Token {given.name} has the role {given.role}. Token, shown only this once: {token}")
    return Exit.DONE


def revoke(settings: Settings, given: argparse.Namespace) -> Exit:
    """Take a token back: it is refused from the next request on."""

    async def save(store: Store) -> bool:
        return await AccessTokens(store).revoke(given.name, datetime.now(UTC))

    if not with_store(settings, save):
        raise TokenUnknown(f"no token {given.name} holds; `callcenter tokens` shows which do")
    tell_service(settings, reviewer_left=True)  # what is on his work list goes to others
    print(f"Token {given.name} holds no more.")
    return Exit.DONE


def permissions(text: str) -> list[Permission]:
    """The argument of --may."""
    try:
        return [Permission(one) for one in text.split(",")]
    except ValueError:
        expected = ", ".join(Permission)
        raise argparse.ArgumentTypeError(f"{text!r} does not fit: expected some of {expected}, by commas") from None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter tokens`; nothing means `list`."""
    parser.set_defaults(run=list_tokens)
    command = subcommands(parser)
    command("list", list_tokens)
    name = fitting(r"[^\x00-\x1f\x7f]{1,64}", "1 to 64 characters")
    adding = command("add", add)
    adding.add_argument("name", type=name, help="whose it is: a person, or a program")
    adding.add_argument("--role", choices=[role.value for role in Role], required=True, help="what it may do")
    own = "the number of the agent whose own it is, also of a reviewer who takes calls himself"
    adding.add_argument("--agent", type=agent_number, help=own)
    adding.add_argument(
        "--may",
        type=permissions,
        default=(),
        metavar="listen,review,erase",
        help="what it may besides: hear recordings, judge calls, delete and hold recordings",
    )
    command("revoke", revoke).add_argument("name", type=name)
