"""An evaluation: one agent's part in one call, judged by a score sheet, and every step of its way as a value. Which
step may follow on which is decided in recording/quality/life.py.

Times are aware UTC. An evaluation is what its steps make of it: they are kept for ever, one for each revision.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from recording.quality.sheets import Comment, Judgement

REVIEW = "review"
"""The purpose of an evaluation that counts; that of one for a calibration is the calibration's id."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Phase(StrEnum):
    """How far an evaluation has come."""

    DRAWN = "drawn"  # on a work list
    IN_WORK = "in_work"  # a reviewer has claimed it
    SCORED = "scored"  # judged; the agent does not know yet
    RELEASED = "released"  # the agent sees it
    ACKNOWLEDGED = "acknowledged"  # he has taken note of it
    APPEALED = "appealed"  # he does not agree
    DECIDED = "decided"  # his appeal was decided
    SET_ASIDE = "set_aside"  # it cannot or need not be judged


class StepKind(StrEnum):
    """What somebody does with an evaluation."""

    CLAIM = "claim"
    GIVE_BACK = "give_back"
    HAND_OVER = "hand_over"
    SAVE = "save"
    SCORE = "score"
    RELEASE = "release"
    ACKNOWLEDGE = "acknowledge"
    APPEAL = "appeal"
    DECIDE = "decide"
    SET_ASIDE = "set_aside"


class Ruling(StrEnum):
    """What was decided of an appeal."""

    UPHELD = "upheld"  # the score stays
    CHANGED = "changed"  # there is a new one


class Person(_Value):
    """Who takes a step: the name of his token, and his number if he is an agent himself."""

    name: str
    agent: str = ""

    def is_(self, other: "Person") -> bool:
        """Whether both are the same person, as far as one can know."""
        return self.name == other.name or (bool(self.agent) and self.agent == other.agent)


class Step(_Value):
    """One step: who, when, what. `in_charge`: taken by right of an administrator. `note` are his words,
    `judgement` what he says of the call, `ruling` what he decides, `to` whom he hands it."""

    kind: StepKind
    at: datetime
    by: Person
    in_charge: bool = False
    note: Comment = ""
    judgement: Judgement | None = None
    ruling: Ruling | None = None
    to: Person | None = None


class Subject(_Value):
    """An agent's part in a call. `queue` and `team` are empty for none; `talk_ms` is his talk, holds left out."""

    call: str
    agent: str
    queue: str
    team: str
    call_at: datetime
    talk_ms: int


class Evaluation(Subject):
    """`purpose` is `review` or the id of a calibration. `rule` is the sampling rule, empty where somebody chose the
    call; `draw` the id of the draw. `sheet_digest` names the very version of the sheet. `reviewer` is on whose work
    list it is, null on everybody's. `revision` counts the steps taken. `score` is in force; `first_score` is the one
    before an appeal changed it, null where none did. `due_at` is when the next step should be taken: the release,
    then the agent's word, then the decision of his appeal; null where nobody is waited for. `zone` is the centre's time
    zone when it was drawn, by whose days it is due; empty for days of 24 hours, as they were counted once. `chosen_by`
    is who chose the call, empty where a rule drew it."""

    id: str
    purpose: str = REVIEW
    slot: str = Field("", description="Whose it is among those of one calibration.")
    rule: str = ""
    draw: str = ""
    chosen_by: str = ""
    sheet: str
    sheet_digest: str
    phase: Phase = Phase.DRAWN
    revision: int = 0
    reviewer: Person | None = None
    judgement: Judgement | None = None
    score: Decimal | None = None
    first_score: Decimal | None = None
    passed: bool | None = None
    appeal: str = ""
    ruling: Ruling | None = None
    decision: str = ""
    decided_by: Person | None = None
    set_aside: str = ""
    drawn_at: datetime
    claimed_at: datetime | None = None
    scored_at: datetime | None = None
    released_at: datetime | None = None
    acknowledged_at: datetime | None = None
    appealed_at: datetime | None = None
    decided_at: datetime | None = None
    set_aside_at: datetime | None = None
    due_at: datetime | None = None
    zone: str = ""

    @property
    def is_own_choice(self) -> bool:
        """Whether the reviewer on whose list it is chose the call himself."""
        return self.reviewer is not None and self.chosen_by == self.reviewer.name
