"""The nodes that decide where a call goes, without a word: by the calendar, by what is known, by other flows."""

from typing import Annotated, Literal

from pydantic import Field

from ivr.documents import Name, Part
from ivr.flow.parts import Datum, Expression, Line, Variable
from ivr.flow.words import Sayings


class HoursNode(Part):
    """Asks a calendar. Where no way is named for holidays they count as closed; for an emergency closure the caller
    hears its announcement and goes on at `closed`."""

    kind: Literal["hours"]
    calendar: Name
    open: Name
    closed: Name
    holiday: Name | None = None
    emergency: Name | None = None


class Case(Part):
    """One case of a branch: where the formula is true, the flow goes on at `next`."""

    when: Expression
    next: Name


class BranchNode(Part):
    """Goes to the first case that holds, else to `otherwise`."""

    kind: Literal["branch"]
    cases: Annotated[tuple[Case, ...], Field(strict=False, min_length=1)]
    otherwise: Name


class SetNode(Part):
    """Keeps values for the caller, under their names."""

    kind: Literal["set"]
    data: Annotated[dict[Variable, Datum], Field(min_length=1)]
    next: Name


class LookUpNode(Part):
    """Asks a program over HTTP, and keeps parts of its JSON answer. Whatever goes wrong leads to `failed`."""

    kind: Literal["look_up"]
    url: Line
    """A template; its values are escaped, and the host is that of an allowed address (callcenter.toml)."""
    method: Literal["GET", "POST"] = "GET"
    headers: dict[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,63}$")], Line] = Field(default_factory=dict)
    body: dict[Annotated[str, Field(min_length=1)], Datum] = Field(default_factory=dict)
    """Sent as JSON by POST."""
    timeout_s: Annotated[int | float, Field(gt=0, le=30)] = 3
    """For everything, retries included."""
    retries: Annotated[int, Field(ge=0, le=3)] = 1
    into: dict[Variable, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """The path in the answer of each value to keep, such as $.customer.name."""
    meanwhile: Sayings = Field(default_factory=dict, alias="while")
    """Said meanwhile; music after it."""
    next: Name
    failed: Name


class CallerNode(Part):
    """Looks up who is calling: after it, caller.known, caller.vip and the others say what is known of him."""

    kind: Literal["caller"]
    next: Name


class FlowNode(Part):
    """Goes through another flow, then on at `next`. That flow has data of its own: it is given some, and gives some
    back."""

    kind: Literal["flow"]
    flow: Name
    arguments: dict[Variable, Datum] = Field(default_factory=dict, alias="with")
    into: dict[Variable, Variable] = Field(default_factory=dict)
    """Under which name here each of its returns is kept."""
    next: Name


class ReturnNode(Part):
    """The end of a flow that another one goes through."""

    kind: Literal["return"]
    values: dict[Variable, Datum] = Field(default_factory=dict)
