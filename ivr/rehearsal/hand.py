"""The hand of a rehearsed caller: which key he presses next, and when. What he does is a list of acts; each is a string
of keys, pressed in one go when he is asked next, or before that (`!`), or to wait in silence, or to hang up.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

WAIT = "wait"
HANG_UP = "hang-up"
FORMS = f'keys such as 1 or 13800138000#, "!" before them to press while something is said, "{WAIT}" or "{HANG_UP}"'

_ACT = re.compile(rf"!?[0-9*#]{{1,100}}|{WAIT}|{HANG_UP}")


class ActError(ValueError):
    """Nothing that a caller does."""

    id: ClassVar[str] = "bad-act"

    def __init__(self, text: str) -> None:
        super().__init__(f'"{text}" is nothing a caller does; expected {FORMS}')


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the caller does. Neither keys nor a hang-up: he waits in silence."""

    keys: str = ""
    at_once: bool = False
    """While something is said to him, without hearing it out."""
    hangs_up: bool = False


def parse_act(text: str) -> Act:
    """Raises ActError."""
    word = text.strip().lower()
    if not _ACT.fullmatch(word):
        raise ActError(text)
    if word == WAIT:
        return Act()
    if word == HANG_UP:
        return Act(hangs_up=True)
    return Act(word.removeprefix("!"), at_once=word.startswith("!"))


class Hand:
    """What is left to do. `at` is the number of the act under way or to come, from 0."""

    def __init__(self, acts: tuple[Act, ...]) -> None:
        self.at = 0
        self._acts = acts
        self._pressed = 0

    @property
    def next(self) -> Act | None:
        """The act under way or to come; None: all is done."""
        return self._acts[self.at] if self.at < len(self._acts) else None

    @property
    def under_way(self) -> bool:
        """Whether some keys of one act are pressed, and others are not yet."""
        return self._pressed > 0

    def early_key(self) -> str:
        """The key that he presses now although something is said to him; none: he hears it out."""
        act = self.next
        return act.keys[self._pressed] if act is not None and act.keys and (act.at_once or self.under_way) else ""

    def key(self) -> str:
        """The key he presses when he is asked; none: he does something else, or nothing."""
        return self.next.keys[self._pressed] if self.next is not None and self.next.keys else ""

    def done(self) -> int:
        """That key is pressed, or that silence or hang-up is over. Returns the number of its act."""
        act, number = self.next, self.at
        if act is not None:
            self._pressed += 1
            if self._pressed >= len(act.keys):
                self.at, self._pressed = self.at + 1, 0
        return number
