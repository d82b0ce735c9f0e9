"""Facts of what a flow does for a caller besides speaking with him. Errors are ids, empty where all went well."""

from dataclasses import dataclass

from acd.fact import CallFact
from acd.masking import Personal


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpEnded(CallFact):
    """The flow has asked a program at its node `node`. Nothing of what was asked or answered is told."""

    node: str
    took_ms: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEnded(CallFact):
    """The flow has sent the caller from node `node` to an extension of the house, or to a number outside; or queue
    `queue` has, to a number outside. `answered` after a talk, outside one of `talk_ms`; else `error` says why there was
    none."""

    node: str
    extension: str
    number: Personal
    answered: bool
    talk_ms: int
    error: str
    queue: str = ""
