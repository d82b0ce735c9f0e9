"""Figures for Prometheus: the state of the floor at the moment of the scrape, and counts of what has happened.

Counts start at 0 with the service; history is the call records' business.
"""

from collections import Counter as Counted
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from acd.closures import EVERY
from acd.facts import (
    CallArrived,
    CallDequeued,
    CallEnded,
    CallQueued,
    CallReleased,
    Fact,
    LookUpEnded,
    OfferEnded,
    RecordingResumed,
    TransferEnded,
)
from acd.states import AgentState
from cti.board import CallState
from cti.floor import Floor
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.errors import RecordsUnavailable, reaching_records
from cti.http.health import judge
from cti.http.views import QueueView
from recording.recorded_share import RecordedShares

WAIT_BUCKETS_S = (0.1, 1, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
LOOK_UP_BUCKETS_S = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
TALK_BUCKETS_S = (10, 30, 60, 120, 180, 300, 480, 600, 900, 1800, 3600)


class Metrics:
    """One registry for one service; nothing global."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._arrived = Counter("callcenter_calls_arrived", "Calls that reached the IVR", registry=registry)
        self._ended = Counter("callcenter_calls_ended", "Calls that are over", ["by"], registry=registry)
        self._queued = Counter("callcenter_calls_queued", "Queue entries", ["queue"], registry=registry)
        self._wait = Histogram(
            "callcenter_wait_seconds",
            "Wait of calls that left a queue",
            ["queue", "reason"],
            buckets=WAIT_BUCKETS_S,
            registry=registry,
        )
        self._offers = Counter("callcenter_offers", "Offers that ended", ["queue", "outcome"], registry=registry)
        self._talk = Histogram(
            "callcenter_talk_seconds",
            "Talk of conversations that ended, hold not counted",
            ["queue"],
            buckets=TALK_BUCKETS_S,
            registry=registry,
        )
        self._look_up = Histogram(
            "callcenter_look_up_seconds",
            "Look-ups of flows that ended, error empty where they brought an answer",
            ["error"],
            buckets=LOOK_UP_BUCKETS_S,
            registry=registry,
        )
        self._transfers = Counter(
            "callcenter_flow_transfers",
            "Callers whom a flow sent to an extension or outside, error empty after a talk",
            ["to", "error"],
            registry=registry,
        )
        self._waiting = Gauge("callcenter_calls_waiting", "Calls waiting now", ["queue"], registry=registry)
        self._longest = Gauge("callcenter_longest_wait_seconds", "Longest wait now", ["queue"], registry=registry)
        self._free = Gauge("callcenter_agents_free", "Agents free for the queue now", ["queue"], registry=registry)
        self._open = Gauge("callcenter_queue_open", "1 in the queue's hours of service", ["queue"], registry=registry)
        self._surge = Gauge("callcenter_queue_surge", "1 while a surge is declared", ["queue"], registry=registry)
        self._closed = Gauge(
            "callcenter_closure",
            "1 while the calendar is shut in an emergency, * for all",
            ["calendar"],
            registry=registry,
        )
        self._blending = Gauge(
            "callcenter_queue_blending", "1 while agents of other work take its calls", ["queue"], registry=registry
        )
        self._at_step = Gauge(
            "callcenter_calls_waiting_at_step",
            "Calls waiting now by step of the queue, -1 for their preferred agent",
            ["queue", "step"],
            registry=registry,
        )
        self._expected = Gauge(
            "callcenter_expected_wait_seconds",
            "Wait of a caller who would come now, which this share does not exceed",
            ["queue", "share"],
            registry=registry,
        )
        self._error = Gauge(
            "callcenter_expected_wait_error_seconds",
            "Mean distance of the wait from the expected median, of the last calls",
            ["queue"],
            registry=registry,
        )
        self._calls = Gauge("callcenter_calls_under_way", "Calls under way now", ["state"], registry=registry)
        self._agents = Gauge("callcenter_agents", "Agents by state now", ["state"], registry=registry)
        self._overdue = Gauge(
            "callcenter_agents_overdue",
            "Agents not ready for longer than their reason allows now",
            ["reason"],
            registry=registry,
        )
        self._violations = Gauge(
            "callcenter_reservation_violations", "Second offers for one agent; must stay 0", registry=registry
        )
        self._unbalanced = Gauge(
            "callcenter_queues_unbalanced", "Queues that have lost count of a call; must stay 0", registry=registry
        )
        self._paused = Gauge(
            "callcenter_recordings_paused", "Recordings that agents or programs have paused now", registry=registry
        )
        self._share = Gauge(
            "callcenter_recorded_share",
            "Recorded talk of today, 1 is all; absent while nobody has talked",
            ["day"],
            registry=registry,
        )
        self._too_long = Counter(
            "callcenter_recording_pauses_too_long",
            "Pauses of recordings ended because they lasted as long as one may",
            registry=registry,
        )
        self._watchers = Gauge("callcenter_live_watchers", "Open WebSockets", registry=registry)
        self._taking = Gauge("callcenter_taking_calls", "1 when calls can be taken", registry=registry)
        self._part = Gauge("callcenter_part_up", "1 when the part works", ["part"], registry=registry)
        self._lag = Gauge("callcenter_part_lag_seconds", "How far the part is behind", ["part"], registry=registry)
        self._behind = Gauge(
            "callcenter_part_waiting", "Lines or recordings that wait for it", ["part"], registry=registry
        )
        self._alarm = Gauge("callcenter_alarm", "1 for each alarm that stands", ["alarm", "where"], registry=registry)
        self._version = Gauge(
            "callcenter_centre_version", "Version of the centre's files that holds", registry=registry
        )
        floor.distributor.on_fact.append(self.on_fact)

    def on_fact(self, fact: Fact) -> None:
        """Count it."""
        match fact:
            case CallArrived(resumed=False):
                self._arrived.inc()
            case CallQueued():
                self._queued.labels(fact.queue).inc()
            case OfferEnded():
                self._offers.labels(fact.queue, fact.outcome).inc()
            case CallDequeued():
                self._wait.labels(fact.queue, fact.reason).observe(fact.wait_ms / 1000)
            case CallReleased():
                self._talk.labels(fact.queue).observe(fact.talk_ms / 1000)
            case LookUpEnded():
                self._look_up.labels(fact.error).observe(fact.took_ms / 1000)
            case TransferEnded():
                self._transfers.labels("extension" if fact.extension else "outside", fact.error).inc()
            case RecordingResumed(why="limit"):
                self._too_long.inc()
            case CallEnded():
                self._ended.labels(fact.by).inc()
            case _:
                pass

    async def scrape(self) -> bytes:
        """All figures in Prometheus' text form."""
        router = self._floor.distributor.router
        self._at_step.clear()
        self._expected.clear()
        for queue in router.queues.values():
            view = self._floor.live.queue(queue)
            self._waiting.labels(view.name).set(view.waiting)
            self._longest.labels(view.name).set(view.longest_wait_ms / 1000)
            self._free.labels(view.name).set(view.agents_free)
            self._scrape_way(view)
        agents = [agent.state for agent in router.roster]
        for state in AgentState:
            self._agents.labels(state).set(agents.count(state))
        self._overdue.clear()
        overdue = Counted(a.absence.reason for a in router.roster if a.absence is not None and a.absence.overdue)
        for reason in (*self._floor.centre.reasons, *self._floor.centre.system_reasons, *overdue):
            self._overdue.labels(reason).set(overdue[reason])
        self._closed.clear()
        for calendar in (EVERY, *self._floor.centre.calendars, *self._floor.closures.on):
            self._closed.labels(calendar).set(calendar in self._floor.closures.on)
        calls = [call.state for call in self._floor.live.board.calls.values()]
        for call_state in CallState:
            self._calls.labels(call_state).set(calls.count(call_state))
        self._violations.set(router.violations)
        self._unbalanced.set(sum(not queue.balanced for queue in router.queues.values()))
        self._paused.set(len(self._floor.pauses.under_way))
        self._watchers.set(len(self._floor.live))
        self._version.set(self._floor.administration.version.number)
        await self._scrape_share()
        await self._scrape_health()
        return generate_latest(self._registry)

    def _scrape_way(self, queue: QueueView) -> None:
        self._open.labels(queue.name).set(queue.open)
        self._surge.labels(queue.name).set(queue.surge is not None)
        self._blending.labels(queue.name).set(queue.blending)
        for step in queue.steps:
            self._at_step.labels(queue.name, step.step).set(step.waiting)
        if queue.expected is not None:
            self._expected.labels(queue.name, "0.5").set(queue.expected.median_ms / 1000)
            self._expected.labels(queue.name, "0.8").set(queue.expected.most_ms / 1000)
        if queue.accuracy is not None:
            self._error.labels(queue.name).set(queue.accuracy.mean_error_ms / 1000)

    async def _scrape_share(self) -> None:
        self._share.clear()
        with suppress(RecordsUnavailable), reaching_records():
            now = datetime.now(self._floor.centre.time_zone)
            if (share := (await RecordedShares(self._floor.store).of_day(now)).share) is not None:
                self._share.labels("today").set(share)

    async def _scrape_health(self) -> None:
        health = await judge(self._floor)
        self._taking.set(health.taking_calls)
        for name, part in health.parts.items():
            self._part.labels(name).set(part.ok)
            if part.lag_s is not None:
                self._lag.labels(name).set(part.lag_s)
            if part.waiting is not None:
                self._behind.labels(name).set(part.waiting)
        self._alarm.clear()
        for alarm in self._floor.alarms:
            self._alarm.labels(alarm.alarm, alarm.where).set(1)


METRICS = web.AppKey("metrics", Metrics)


async def show_metrics(asked: Asked[Nothing, Nothing]) -> web.Response:
    """Figures for Prometheus."""
    body = await asked.request.app[METRICS].scrape()
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


ENDPOINTS = (Endpoint("GET", "/metrics", show_metrics, Nothing, Nothing, media="text/plain", early=True),)
