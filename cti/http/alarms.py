"""What is wrong now, over HTTP: every alarm that stands, since when, where, and what to do about it."""

from cti.http.endpoints import Asked, Endpoint, Nothing
from cti.http.views import AlarmView, View, alarm_views


class AlarmsView(View):
    """All alarms that stand, the oldest first."""

    alarms: list[AlarmView]


async def list_alarms(asked: Asked[Nothing, Nothing]) -> AlarmsView:
    """Every alarm of the centre that stands now. The live stream has them in its snapshot and updates, too, and tells
    `AlarmRaised` and `AlarmCleared`."""
    return AlarmsView(alarms=alarm_views(asked.floor.alarms))


ENDPOINTS = (Endpoint("GET", "/api/alarms", list_alarms, Nothing, Nothing, AlarmsView),)
