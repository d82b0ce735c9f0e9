"""A call that somebody chose to be judged, beside those that rules draw."""

from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from recording.inputs.staffing import TEAM
from recording.quality.audible import unheard
from recording.quality.errors import UNHEARD, NotJudgeable, OwnCall, UnknownSubject
from recording.quality.evaluations import REVIEW, Evaluation, Person, Subject
from recording.quality.life import due
from recording.quality.sheets import ScoreSheet
from recording.quality.store import Evaluations
from recording.quality.subjects import subjects
from recording.store import Store


async def draw_call(
    store: Store,
    call: str,
    agent: str | None,
    sheet: ScoreSheet,
    reviewer: Person | None,
    at: datetime,
    *,
    by: str,
    zone: ZoneInfo,
) -> Evaluation:
    """Put an agent's part in this call (the first agent's, where none is named) on a reviewer's work list, or on
    everybody's; `by` chose it, `zone` is the centre's.

    Raises UnknownSubject, NotJudgeable, OwnCall, AlreadyDrawn.
    """
    subject = await subject_of(store, call, agent)
    if reviewer is not None and reviewer.agent == subject.agent:
        raise OwnCall
    evaluation = new_evaluation(subject, sheet, at, reviewer, zone=zone, chosen_by=by)
    await Evaluations(store).add(sheet, [evaluation])
    return evaluation


async def subject_of(store: Store, call: str, agent: str | None) -> Subject:
    """An agent's part in this call, the first agent's where none is named. Raises UnknownSubject, NotJudgeable."""
    record = await store.call(call)
    if record is None:
        raise UnknownSubject
    async with store.engine.connect() as connection:
        if await unheard(connection, [call]):
            raise NotJudgeable(UNHEARD)
    teams = {one.number: one.attributes.get(TEAM, "") for one in await store.agents(active_only=False)}
    found = subjects(record, teams)
    if agent is None:
        agent = next(iter(found), None)
    if agent is None or agent not in found:
        spoke = f"one of: {', '.join(found)}" if found else "a call in which one did"
        raise NotJudgeable(f"the agent did not speak with the caller; expected {spoke}")
    return found[agent]


def new_evaluation(
    subject: Subject,
    sheet: ScoreSheet,
    at: datetime,
    reviewer: Person | None,
    *,
    zone: ZoneInfo,
    chosen_by: str = "",
    rule: str = "",
    draw: str = "",
    purpose: str = REVIEW,
    slot: str = "",
) -> Evaluation:
    """One that begins now."""
    return Evaluation(
        id=uuid4().hex,
        **subject.model_dump(include=set(Subject.model_fields)),
        purpose=purpose,
        slot=slot,
        rule=rule,
        draw=draw,
        sheet=sheet.name,
        sheet_digest=sheet.digest,
        reviewer=reviewer,
        drawn_at=at,
        due_at=due(at, sheet.review_days, zone.key),
        zone=zone.key,
        chosen_by=chosen_by,
    )
