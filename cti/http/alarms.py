"""What is wrong now, over HTTP: every alarm that stands, since when, where, and what to do about it."""

from pydantic import Field

from cti.alarms.advice import ADVICE, OTHER
from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import View


class AlarmView(View):
    """An alarm that stands."""

    alarm: str = Field(description="Its id, as in docs/alarms.md.")
    where: str = Field(description="A part of the service, or queue:, agent:, calendar: with a name behind.")
    what: str
    since_ms: int = Field(description="When it was found, milliseconds since the epoch; kept through a restart.")
    to_do: str


class AlarmsView(View):
    """All alarms that stand, the oldest first."""

    alarms: list[AlarmView]


async def list_alarms(asked: Asked[Nothing, Nothing]) -> AlarmsView:
    """Every alarm of the centre that stands now. The live stream tells `AlarmRaised` and `AlarmCleared`."""
    return AlarmsView(
        alarms=[
            AlarmView(
                alarm=one.alarm,
                where=one.where,
                what=one.what,
                since_ms=one.since_ms,
                to_do=ADVICE.get(one.alarm, ADVICE[OTHER]),
            )
            for one in sorted(asked.floor.alarms, key=lambda one: one.since_ms)
        ]
    )


ENDPOINTS = (Endpoint("GET", "/api/alarms", list_alarms, Nothing, Nothing, AlarmsView),)
