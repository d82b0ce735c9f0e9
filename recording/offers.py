"""Every ringing of an agent's phone for one call: the router's offers matched with the channels Asterisk made for them,
and the fallback queue's, of which only the channels tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from acd.facts import CallOffered, OfferEnded
from acd.states import OfferOutcome
from recording.channels import Channel
from recording.instants import span_ms, utc
from recording.record import Offer, QueueVisit

_EARLY_US = 1_000_000  # a channel may be older than the offer it serves by what the two clocks differ
_SAME_US = 100_000  # within this, Asterisk ends a ringing because of what ended beside it

# Hang-up causes of ITU-T Q.850 with which a phone says no, or cannot be rung at all.
_REFUSED = frozenset({17, 21})
_UNREACHABLE = frozenset({1, 3, 20, 27, 31, 34, 38, 41, 58, 88})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """What ended one ringing, for who has no word of the router about it."""

    caller: Channel
    left_by_caller: bool
    connected: frozenset[tuple[str, str]]  # keys of channels that spoke with the caller

    def outcome(self, channel: Channel) -> OfferOutcome:
        """How the offer that rang `channel` ended, by Asterisk's ledger alone."""
        connected = channel.key in self.connected
        if self.left_by_caller and not connected and channel.ended_us >= self.caller.ended_us - _SAME_US:
            return OfferOutcome.ABANDONED
        if connected or channel.answered_us is not None:  # he may hang up before the two are connected
            return OfferOutcome.ANSWERED
        if channel.cause in _REFUSED:
            return OfferOutcome.REFUSED
        if channel.cause in _UNREACHABLE:
            return OfferOutcome.UNREACHABLE
        if any(abs(run.end_us - channel.ended_us) < _SAME_US for run in self.caller.runs if run.name == "Queue"):
            return OfferOutcome.WITHDRAWN  # the fallback queue ended first: its time was up, or the daemon was back
        return OfferOutcome.MISSED


def offers(
    told: Sequence[tuple[CallOffered, OfferEnded | None]],
    rung: Sequence[Channel],
    ringing: Ringing,
    agent_at: Mapping[str, str],
    visits: Sequence[QueueVisit],
) -> tuple[Offer, ...]:
    """All offers in order of time. Ring times come from the channels, outcomes from the router, unless Asterisk
    connected the two after all.
    """
    left = list(rung)
    found: list[Offer] = []
    for offered, ended in told:
        channel = _serving(offered, left, agent_at)
        if channel:
            left.remove(channel)
        found.append(_told(offered, ended, channel, ringing))
    found.extend(_untold(channel, ringing, agent_at, visits) for channel in left)
    return tuple(sorted(found, key=lambda offer: offer.at))


def ring_ms(channel: Channel) -> int:
    """How long the phone rang."""
    return span_ms(channel.started_us, channel.answered_us or channel.ended_us)


def _serving(offered: CallOffered, channels: Sequence[Channel], agent_at: Mapping[str, str]) -> Channel | None:
    earliest_us = offered.at_ms * 1000 - _EARLY_US
    return next(
        (
            channel
            for channel in channels
            if agent_at.get(channel.endpoint, channel.agent) == offered.agent and channel.started_us >= earliest_us
        ),
        None,
    )


def _told(offered: CallOffered, ended: OfferEnded | None, channel: Channel | None, ringing: Ringing) -> Offer:
    if channel and channel.key in ringing.connected:
        outcome = OfferOutcome.ANSWERED
    elif ended:
        outcome = ended.outcome
    else:
        outcome = ringing.outcome(channel) if channel else OfferOutcome.WITHDRAWN
    return Offer(
        queue=offered.queue,
        agent=offered.agent,
        at=utc(offered.at_ms * 1000),
        ring_ms=ring_ms(channel) if channel else ended.ring_ms if ended else 0,
        outcome=outcome,
        decision=offered.decision,
    )


def _untold(channel: Channel, ringing: Ringing, agent_at: Mapping[str, str], visits: Sequence[QueueVisit]) -> Offer:
    at = utc(channel.started_us)
    return Offer(
        queue=next((visit.queue for visit in reversed(visits) if visit.entered_at <= at), ""),
        agent=agent_at.get(channel.endpoint, channel.agent),
        at=at,
        ring_ms=ring_ms(channel),
        outcome=ringing.outcome(channel),
        reconstructed=True,
    )
