"""A caller at a menu, and at the choice of a language."""

from ivr.flow.asking import LanguageNode, MenuNode
from ivr.walking.asking import AskingStand
from ivr.walking.core import Go, Move, Walk


class MenuStand(AskingStand[MenuNode]):
    """Each key leads somewhere."""

    @property
    def otherwise(self) -> str:
        """The menu's own."""
        return self.node.otherwise

    def answer(self, walk: Walk, key: str) -> Move | None:
        """A choice."""
        if (target := self.node.choices.get(key)) is None:
            return None
        walk.pressed(key)
        return Go(target)


class LanguageStand(AskingStand[LanguageNode]):
    """Each key is a language, spoken from there on."""

    @property
    def every_language(self) -> bool:
        """Who has not chosen yet is spoken to in all."""
        return True

    @property
    def otherwise(self) -> str:
        """On, in the first language."""
        return self.node.next

    def answer(self, walk: Walk, key: str) -> Move | None:
        """A language."""
        if (language := self.node.choices.get(key)) is None:
            return None
        walk.pressed(key)
        walk.language = language
        return Go(self.node.next)
