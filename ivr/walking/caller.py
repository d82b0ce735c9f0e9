"""Who is calling, as far as the house knows him."""

from ivr.flow.deciding import CallerNode
from ivr.flow.steps import CallerFound, FindCaller, Input, Took
from ivr.walking.core import Go, Move, Stand, Walk


class CallerStand(Stand[CallerNode]):
    """From here on what is known of him can be used, and he hears his own language, if the flow speaks it."""

    def begin(self, walk: Walk) -> Move:
        """Ask the directory."""
        return FindCaller()

    def feed(self, walk: Walk, given: Input) -> Move:
        """It has answered, or it has not."""
        if not isinstance(given, CallerFound):
            return super().feed(walk, given)
        walk.note(Took(walk.node, "known" if given.caller else "unknown"))
        walk.about["caller.known"] = given.caller is not None
        if (caller := given.caller) is not None:
            walk.about["caller.name"] = caller.name or walk.about.get("caller.name")
            walk.about["caller.vip"] = caller.vip
            walk.about["caller.agent"] = caller.agent or None
            walk.about["caller.open_case"] = caller.open_case or None
            walk.about["caller.language"] = caller.language or None
            if caller.language in walk.flow.languages:
                walk.language = caller.language
        return Go(self.node.next)
