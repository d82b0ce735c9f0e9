"""Who may sign in at which outside number, and how callers are connected with others. Each call costs the centre money
and can be misused, so it is decided here and nowhere else; which text is a number at all is decided in acd/seats.py.
"""

from acd.errors import RoutingError
from acd.seats import outside_seat
from cti.centre import Centre
from cti.people import People
from ivr.desk import Outside
from ivr.dialling import MayDial


class NoOutsideLine(RoutingError):
    """The centre has no line over which agents outside could be called."""

    id = "no-outside-line"

    def __init__(self) -> None:
        super().__init__("nobody can sign in outside; expected `outside` with a carrier's line in centre.yaml")


class NoOutsideNumber(RoutingError):
    """The agent has no outside number, and none was given by a supervisor."""

    id = "no-outside-number"

    def __init__(self, agent: str) -> None:
        super().__init__(f"agent {agent} has no outside number stored with him; expected one to be stored, or given")


class NumberOfOurs(RoutingError):
    """The number is one of the centre's own: a call to it would come back to us as a caller."""

    id = "number-of-ours"

    def __init__(self) -> None:
        super().__init__("that is a number of this centre; expected an outside one")


def seat_outside(centre: Centre, agent: str, number: str) -> str:
    """The agent's seat at that number: the one stored with him, or the one a supervisor gives; empty if he has none.

    Raises NoOutsideLine, NoOutsideNumber, NumberOfOurs, NumberRefused.
    """
    if centre.outside is None:
        raise NoOutsideLine
    if not number:
        raise NoOutsideNumber(agent)
    seat = outside_seat(number)
    if number in centre.numbers:
        raise NumberOfOurs
    return seat


async def stored_seat(people: People, centre: Centre, agent: str) -> str:
    """The agent's seat at the number stored with him. Raises as `seat_outside`."""
    person = await people.find(agent)
    return seat_outside(centre, agent, person.outside if person else "")


def outside_of(centre: Centre) -> Outside | None:
    """How callers are connected with numbers outside; None: not."""
    if (outside := centre.outside) is None:
        return None
    return Outside(
        line=outside.line,
        caller_id=outside.caller_id or "",
        ring_ms=outside.ring_s * 1000,
        allow=outside.allow,
        at_once=outside.at_once,
        most_ms=None if outside.most_minutes is None else round(outside.most_minutes * 60_000),
    )


def may_dial(centre: Centre) -> MayDial | None:
    """Which agents may call which numbers outside; None: nobody anybody."""
    agents = centre.outside.agents if centre.outside is not None else None
    return None if agents is None else agents.rules
