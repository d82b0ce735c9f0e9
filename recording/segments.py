"""What the caller met, from the first moment of his call to the last, without gap or overlap. It decides what counts
where two things happen at once; what they are is read off the ledger and the router's facts elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from recording.account import Account
from recording.channels import Channel, Connection, Interval
from recording.instants import at_us, span_ms, utc
from recording.record import Parking, QueueVisit, Segment, SegmentKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Something that lasted; which of two at the same time counts is for the order of them to say."""

    kind: SegmentKind
    start_us: int
    end_us: int
    queue: str | None = None
    agents: tuple[str, ...] = ()
    space: str | None = None
    muted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """With whom the caller was connected: agents by number, who held him and who was muted when; and whom a queue or
    his flow has called outside."""

    agents: Sequence[tuple[str, int, int]]
    outside: Sequence[Connection]
    holds: Sequence[Interval]
    mutes: Sequence[Interval]


def segments(
    caller: Channel,
    others: Sequence[tuple[Channel, str]],
    company: Company,
    visits: Sequence[QueueVisit],
    story: Account,
    times: tuple[int, int],
    *,
    by_us: bool = False,
) -> tuple[Segment, ...]:
    """The segments of a call that lasted from `times[0]` to `times[1]`. `others` are its other channels, with the
    number of the agent who sat there, empty for nobody. `by_us`: it is a call of ours to `caller`.
    """
    met = [
        *together(company),
        *(_before_ours(caller, company, times) if by_us else ()),
        *(_in_fallback(run, visit) for run in caller.runs if run.name == "Queue" for visit in visits),
        *(_waiting(visit) for visit in visits),
        *map(_parked, story.parkings),
        *(_lasting(SegmentKind(one.name), one) for one in story.asked_for),
        *_rung(others),
        *_unanswered(caller, times),
    ]
    return tuple(_tiled(met, *times))


def total_ms(found: Iterable[Segment], *kinds: SegmentKind) -> int:
    """How long he met any of these."""
    return sum(span_ms(at_us(one.started_at), at_us(one.ended_at)) for one in found if one.kind in kinds)


def _tiled(met: Sequence[Met], start_us: int, end_us: int) -> Iterator[Segment]:
    """Of each moment the first of `met` that covers it; the flow where none does."""
    ivr = Met(kind=SegmentKind.IVR, start_us=start_us, end_us=end_us)
    at = {start_us, end_us}
    at.update(time for one in met for time in (one.start_us, one.end_us) if start_us < time < end_us)
    pieces = [
        (start, end, next((one for one in met if one.start_us <= start and end <= one.end_us), ivr))
        for start, end in pairwise(sorted(at))
    ]
    for (kind, queue, agents, space, muted), same in groupby(pieces, lambda piece: _told_by(piece[2])):
        spans = [*same]
        start, end = utc(spans[0][0]), utc(spans[-1][1])
        yield Segment(kind=kind, started_at=start, ended_at=end, queue=queue, agents=agents, space=space, muted=muted)


def _told_by(one: Met) -> tuple[SegmentKind, str | None, tuple[str, ...], str | None, tuple[str, ...]]:
    return one.kind, one.queue, one.agents, one.space, one.muted


def together(company: Company) -> Iterator[Met]:
    """When he was connected with somebody: who of them heard him, whether anybody did, and whom he did not hear."""
    outside = [(one.start_us, one.end_us) for one in company.outside]
    intervals = [*((start, end) for _, start, end in company.agents), *outside]
    holds = [(one.name, one.start_us, one.end_us) for one in company.holds]
    mutes = [(one.name, one.start_us, one.end_us) for one in company.mutes]
    at = {time for interval in (*intervals, *(span for _, *span in (*holds, *mutes))) for time in interval}
    for start, end in pairwise(sorted(at)):
        with_him = {agent for agent, *span in company.agents if _covers(span, start, end)}
        called = any(_covers(span, start, end) for span in outside)
        holding = {agent for agent, *span in holds if _covers(span, start, end)}
        hearing = tuple(sorted(with_him - holding))
        if hearing:
            kind = SegmentKind.CONFERENCE if len(hearing) + called > 1 else SegmentKind.TALKING
            unheard = {agent for agent, *span in mutes if _covers(span, start, end)}
            muted = tuple(agent for agent in hearing if agent in unheard)
            yield Met(kind=kind, start_us=start, end_us=end, agents=hearing, muted=muted)
        elif called:
            yield Met(kind=SegmentKind.OUTSIDE, start_us=start, end_us=end)
        elif with_him:
            yield Met(kind=SegmentKind.HOLD, start_us=start, end_us=end, agents=tuple(sorted(with_him)))


def _covers(span: Sequence[int], start_us: int, end_us: int) -> bool:
    return span[0] <= start_us and end_us <= span[1]


def _before_ours(customer: Channel, company: Company, times: tuple[int, int]) -> Iterator[Met]:
    """Of a call of ours: until the customer is rung, and until he is there for somebody."""
    spoke_us = min((start for _, start, _ in company.agents), default=customer.ended_us)
    yield Met(kind=SegmentKind.PREPARING, start_us=times[0], end_us=customer.started_us)
    yield Met(kind=SegmentKind.RINGING, start_us=customer.started_us, end_us=spoke_us)
    yield Met(kind=SegmentKind.RINGING, start_us=customer.started_us, end_us=customer.answered_us or times[1])


def _unanswered(caller: Channel, times: tuple[int, int]) -> Iterator[Met]:
    yield Met(kind=SegmentKind.RINGING, start_us=times[0], end_us=caller.answered_us or times[1])


def _rung(others: Sequence[tuple[Channel, str]]) -> Iterator[Met]:
    """Whoever is rung for him; agents before the line on which one of them is reached."""
    for channel, agent in sorted(others, key=lambda one: not one[1]):
        end_us = channel.answered_us or channel.ended_us
        agents = (agent,) if agent else ()
        yield Met(kind=SegmentKind.RINGING, start_us=channel.started_us, end_us=end_us, agents=agents)


def _in_fallback(run: Interval, visit: QueueVisit) -> Met:
    """Some of that visit, or nothing: an end before the beginning covers no moment."""
    start_us, end_us = max(run.start_us, at_us(visit.entered_at)), min(run.end_us, at_us(visit.left_at))
    return Met(kind=SegmentKind.FALLBACK, start_us=start_us, end_us=end_us, queue=visit.queue)


def _waiting(visit: QueueVisit) -> Met:
    start_us, end_us = at_us(visit.entered_at), at_us(visit.left_at)
    return Met(kind=SegmentKind.WAITING, start_us=start_us, end_us=end_us, queue=visit.queue)


def _parked(one: Parking) -> Met:
    start_us, end_us = at_us(one.started_at), at_us(one.ended_at)
    return Met(kind=SegmentKind.PARKED, start_us=start_us, end_us=end_us, agents=(one.agent,), space=one.space)


def _lasting(kind: SegmentKind, one: Interval) -> Met:
    return Met(kind=kind, start_us=one.start_us, end_us=one.end_us)
