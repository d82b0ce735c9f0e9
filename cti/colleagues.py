"""Keeps the extensions to which a phone may send a caller equal to the agents signed in: Asterisk itself refuses a
transfer to anybody else, and the agent keeps his caller.

Pure: it says which AMI actions to send; who sends them is the switch. (Dialling a colleague needs no extension: the
daemon is asked, and knows who is there.)
"""

from collections.abc import Iterable

from acd.agents import Agent
from acd.states import Status
from cti.fallback import Action

CONTEXT = "colleagues"
"""A context of dialplans/extensions.conf, empty there."""


class Colleagues:
    """The extensions there are, as we believe, by agent's number."""

    def __init__(self) -> None:
        self._there: set[str] = set()

    def found(self, numbers: Iterable[str]) -> None:
        """What Asterisk says after a (re)connect; nothing after it has read its dialplan again."""
        self._there = set(numbers)

    def strangers(self, known: Iterable[str]) -> list[Action]:
        """The actions that take out who is no agent of ours."""
        gone = self._there - set(known)
        self._there -= gone
        return [_remove(number) for number in sorted(gone)]

    def update(self, agent: Agent) -> list[Action]:
        """The action that makes the agent's extension what the roster says; none if it is already."""
        number, wanted = agent.number, agent.status is not Status.SIGNED_OUT
        if wanted == (number in self._there):
            return []
        if wanted:
            self._there.add(number)
            return [_add(number)]
        self._there.remove(number)
        return [_remove(number)]


def _add(number: str) -> Action:
    where = {"Context": CONTEXT, "Extension": number, "Priority": "1", "Replace": "yes"}
    return Action(
        "DialplanExtensionAdd", {**where, "Application": "Goto", "ApplicationData": f"transferred,{number},1"}
    )


def _remove(number: str) -> Action:
    return Action("DialplanExtensionRemove", {"Context": CONTEXT, "Extension": number, "Priority": "1"})
