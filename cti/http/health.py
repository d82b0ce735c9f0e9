"""Whether calls can be taken, and how each part is: for monitoring, load balancers and people; open to all."""

from collections.abc import Mapping
from enum import StrEnum

from cti.floor import Floor, Part
from cti.http.endpoints import Answer, Asked, Endpoint, Nothing, json_answer
from cti.http.views import View


class HealthStatus(StrEnum):
    """The whole in one word."""

    OK = "ok"
    STARTING = "starting"
    DEGRADED = "degraded"  # something is wrong; `taking_calls` says whether callers notice


class Health(View):
    """How the service is."""

    status: HealthStatus
    taking_calls: bool
    parts: Mapping[str, Part]


async def judge(floor: Floor) -> Health:
    """The state of each part, and what follows from them."""
    parts = await floor.health()
    started = floor.started.is_set()
    if not started:
        status = HealthStatus.STARTING
    else:
        status = HealthStatus.OK if all(part.ok for part in parts.values()) else HealthStatus.DEGRADED
    taking_calls = started and all(part.ok for part in parts.values() if part.vital)
    return Health(status=status, taking_calls=taking_calls, parts=parts)


async def show_health(asked: Asked[Nothing, Nothing]) -> Answer:
    """How the service is: 200 when calls can be taken, 503 otherwise."""
    health = await judge(asked.floor)
    return json_answer(health, 200 if health.taking_calls else 503)


ENDPOINTS = (
    Endpoint("GET", "/api/health", show_health, Nothing, Nothing, Health, statuses=(200, 503), open=True, early=True),
)
