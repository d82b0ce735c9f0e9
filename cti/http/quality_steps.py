"""The steps of evaluations over HTTP. Which may follow on which, and whose they are, is decided by
recording/quality/life.py; here only who may take steps at all.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from pydantic import Field

from cti.access import Permission, Role
from cti.http.endpoints import Asked, Endpoint, Given, Nothing
from cti.http.quality import QualityRefused, in_charge, judging, who
from cti.quality_work import require_no_conflict
from cti.reviewers import reviewers
from recording.quality.evaluations import Evaluation, Person, Ruling, Step, StepKind
from recording.quality.sheets import Comment, Judgement
from recording.quality.store import Evaluations

LARGE_BODY = 512 * 1024
"""A judgement with its comments and time marks."""


class Seen(Given):
    """A step on an evaluation as it was seen: refused with 409 where it has changed since."""

    revision: int = Field(ge=0, description="The evaluation's revision as you saw it.")


class SeenWhy(Seen):
    """The same, with words."""

    note: Comment


class Judged(Seen):
    """A judgement."""

    judgement: Judgement


class HandedOver(Seen):
    """To whom: the name of a reviewer; empty: to everybody."""

    to: str = ""


class Decided(SeenWhy):
    """The decision on an appeal: `upheld`, or `changed` with a judgement of its own."""

    ruling: Ruling
    judgement: Judgement | None = None


SeenBody = TypeVar("SeenBody", bound=Seen)


async def claim(asked: Asked[Nothing, Seen]) -> Evaluation:
    """Begin to judge: from now on it is yours."""
    await _require_fit(asked, who(asked))
    return await stepped(asked, StepKind.CLAIM)


async def give_back(asked: Asked[Nothing, Seen]) -> Evaluation:
    """Stop judging without a score; what you have saved stays."""
    return await stepped(asked, StepKind.GIVE_BACK)


async def hand_over(asked: Asked[Nothing, HandedOver]) -> Evaluation:
    """Put it on another reviewer's work list, or on everybody's."""
    to = None
    if name := asked.body.to:
        with judging():
            to = (known := await reviewers(asked.floor.access.tokens)).get(name)
        if to is None:
            raise QualityRefused("reviewer-unknown", f"no reviewer {name!r}; expected one of: {', '.join(known)}")
        await _require_fit(asked, to)
    return await stepped(asked, StepKind.HAND_OVER, to=to)


async def save(asked: Asked[Nothing, Judged]) -> Evaluation:
    """Keep a judgement that is not finished."""
    return await stepped(asked, StepKind.SAVE)


async def give_score(asked: Asked[Nothing, Judged]) -> Evaluation:
    """Judge the call; again, as long as it is not released."""
    return await stepped(asked, StepKind.SCORE)


async def release(asked: Asked[Nothing, Seen]) -> Evaluation:
    """Let the agent see it."""
    return await stepped(asked, StepKind.RELEASE)


async def set_aside(asked: Asked[Nothing, SeenWhy]) -> Evaluation:
    """Say why it cannot be judged."""
    return await stepped(asked, StepKind.SET_ASIDE)


async def decide(asked: Asked[Nothing, Decided]) -> Evaluation:
    """Decide the agent's appeal; never who has judged, nor who is barred from the agent."""
    await _require_fit(asked, who(asked), deciding=True)
    return await stepped(asked, StepKind.DECIDE)


async def _require_fit(asked: Asked[Nothing, SeenBody], reviewer: Person, *, deciding: bool = False) -> None:
    """Raises QualityRefused where he must not judge it."""
    store = asked.floor.store
    with judging():
        found = await Evaluations(store).find(asked.path["id"])
        rules = asked.floor.centre.sampling
        await require_no_conflict(store, rules, reviewer, found, deciding=deciding)


async def stepped(asked: Asked[Nothing, SeenBody], kind: StepKind, to: Person | None = None) -> Evaluation:
    """The evaluation of the path after this step of his."""
    said = {name: getattr(asked.body, name) for name in ("note", "judgement", "ruling") if hasattr(asked.body, name)}
    step = Step(kind=kind, at=datetime.now(UTC), by=who(asked), in_charge=in_charge(asked.holder), to=to, **said)
    with judging():
        after = await Evaluations(asked.floor.store).take(asked.path["id"], step, asked.body.revision)
    await asked.floor.notices.tell()
    return after


def _endpoint(
    step: str,
    handle: Callable[[Asked[Nothing, SeenBody]], Awaitable[Evaluation]],
    body: type[SeenBody],
    *,
    role: Role = Role.READER,
    permission: Permission | None = Permission.REVIEW,
) -> Endpoint[Nothing, SeenBody]:
    path = f"/api/quality/evaluations/{{id}}/{step}"
    return Endpoint(
        *("POST", path, handle, Nothing, body, Evaluation),
        errors=(404, 409),
        role=role,
        permission=permission,
        body_at_most=LARGE_BODY,
    )


ENDPOINTS = (
    _endpoint("claim", claim, Seen),
    _endpoint("give-back", give_back, Seen),
    _endpoint("hand-over", hand_over, HandedOver, role=Role.ADMINISTRATOR, permission=None),
    _endpoint("save", save, Judged),
    _endpoint("score", give_score, Judged),
    _endpoint("release", release, Seen),
    _endpoint("set-aside", set_aside, SeenWhy),
    _endpoint("decide", decide, Decided, role=Role.FLOOR, permission=None),
)
