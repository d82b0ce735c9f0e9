"""The facts about alarms: something about the centre is wrong until it is told to be well again. acd/facts.py reads and
writes them with all others; they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Fact):
    """Something is wrong from now on. `alarm` is its id (docs/alarms.md), `where` what it concerns: a part of the
    service, `queue:`, `agent:` or `calendar:` with a name behind; `what` says it in words."""

    alarm: str
    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCleared(Fact):
    """It is well again; the alarm stood since `since_ms`."""

    alarm: str
    where: str
    since_ms: int
