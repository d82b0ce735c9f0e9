"""Opens and closes queues at the moments their hours say. Nothing is looked at in between: one alarm a queue, set for
the next change.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from acd.distributor import Distributor
from acd.hours import Schedule

LONGEST_S = 24 * 3600.0
"""An alarm further ahead is set again after this: timers of weeks are nobody's habit."""


class ServiceHours:
    """The hours of all queues. `define` them; again when they have changed, and once more to stop: with none."""

    def __init__(self, distributor: Distributor) -> None:
        self._distributor = distributor
        self._hours: Mapping[str, Schedule] = {}
        self._alarms: dict[str, asyncio.TimerHandle] = {}

    def define(self, hours: Mapping[str, Schedule | None]) -> None:
        """These queues are open in these hours, always where there are none. It holds for waiting calls at once."""
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms = {}
        self._hours = {queue: one for queue, one in hours.items() if one is not None}
        for queue in hours.keys() - self._hours.keys():
            self._set(queue, is_open=True)
        for queue in self._hours:
            self._look(queue)

    def _look(self, queue: str) -> None:
        now, hours = self._now(), self._hours[queue]
        self._set(queue, is_open=hours.is_open(now))
        if (change := hours.next_change(now)) is not None:
            ahead_s = min((change - now) / timedelta(seconds=1), LONGEST_S)
            self._alarms[queue] = asyncio.get_running_loop().call_later(ahead_s, self._look, queue)

    def _set(self, queue: str, *, is_open: bool) -> None:
        with self._distributor.command() as (router, now_ms):
            router.set_open(queue, is_open, now_ms=now_ms)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._distributor.clock.now_ms() / 1000, UTC)
