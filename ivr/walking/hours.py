"""A caller for whom a calendar is looked at."""

from ivr.flow.deciding import HoursNode
from ivr.flow.steps import CalendarIs, Digit, Finished, Input, LookAtCalendar, Took
from ivr.walking.core import Go, Move, Stand, Walk


class HoursStand(Stand[HoursNode]):
    """On the way that the calendar's state is. Of an emergency he hears first: what somebody has recorded for it in any
    case, the standing words only where the flow has no way of its own for emergencies."""

    _way = ""

    def begin(self, walk: Walk) -> Move:
        """Look."""
        return LookAtCalendar(self.node.calendar)

    def feed(self, walk: Walk, given: Input) -> Move:
        """What the calendar says; or the announcement is over, or a key has ended it."""
        match given:
            case CalendarIs():
                walk.note(Took(walk.node, given.state, given.holiday))
                return self._take(walk, given)
            case Finished() if self._way:
                return Go(self._way)
            case Digit(digit) if self._way:
                return walk.typed(digit, self._way)
            case _:
                return super().feed(walk, given)

    def _take(self, walk: Walk, given: CalendarIs) -> Move:
        node = self.node
        match given.state:
            case "open":
                return Go(node.open)
            case "holiday":
                return Go(node.holiday or node.closed)
            case "emergency":
                self._way = node.emergency or node.closed
                if given.recorded or node.emergency is None:
                    return walk.passing(given.announcement, self._way)
                return Go(self._way)
            case _:
                return Go(node.closed)
