"""A caller who is asked for a mark after his conversation."""

from ivr.flow.asking import SurveyNode
from ivr.flow.steps import Finished, Input, Play, Surveyed
from ivr.walking.asking import AskingStand
from ivr.walking.core import Go, Move, Walk


class SurveyStand(AskingStand[SurveyNode]):
    """Each key is a mark. Who does not answer goes on all the same, and it is known that he was asked."""

    def __init__(self, node: SurveyNode) -> None:
        super().__init__(node)
        self._answered = False

    @property
    def otherwise(self) -> str:
        """On."""
        return self.node.next

    def begin(self, walk: Walk) -> Move:
        """Ask."""
        walk.note(self._mark(walk, None))
        return super().begin(walk)

    def feed(self, walk: Walk, given: Input) -> Move:
        """His thanks are over, or as any question."""
        if self._answered:
            return Go(self.node.next) if given == Finished() else super().feed(walk, given)
        return super().feed(walk, given)

    def answer(self, walk: Walk, key: str) -> Move | None:
        """A mark."""
        if key not in self.node.keys:
            return None
        walk.pressed(key)
        walk.note(self._mark(walk, key))
        if not self.node.thanks:
            return Go(self.node.next)
        self._answered = True
        return Play(walk.say(self.node.thanks, every_language=self.every_language), "")

    def _mark(self, walk: Walk, key: str | None) -> Surveyed:
        queue, agent = (str(walk.about.get(f"call.{name}") or "") for name in ("queue", "agent"))
        return Surveyed(walk.node, self.node.survey, queue, agent, key)
