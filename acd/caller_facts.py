"""The facts of what a caller leaves us besides his call: a message, and what he thinks of us. acd/facts.py reads and
writes them with all others; they are imported from there.
"""

from dataclasses import dataclass

from acd.fact import CallFact


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailLeft(CallFact):
    """The caller left a message for the queue: a WAV file, its name relative to the folder of recordings."""

    queue: str
    language: str
    duration_ms: int
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeard(CallFact):
    """An agent has listened to the message that was left in this call, for so long in all, to its end if `whole`.
    `callback` is the call-back that brings it; what it came to is told there."""

    callback: str
    queue: str
    agent: str
    heard_ms: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked(CallFact):
    """The caller is asked the survey's question at `node`, about his conversation with `agent` of `queue` (empty where
    there was none). If no SurveyAnswered follows he did not answer."""

    survey: str
    node: str
    queue: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(CallFact):
    """He has answered: `score` is the key he pressed, 1 to 9. All else as in SurveyAsked."""

    survey: str
    node: str
    score: int
    queue: str
    agent: str
