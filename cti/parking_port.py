"""Parking as the centre has it at this moment, for those who serve callers and agents."""

from collections.abc import Callable, Collection

from acd.agents import Agent
from cti.centre import Centre
from ivr.desk import ParkingSettings
from ivr.flow.steps import Prompt
from ivr.parking_words import space_prompt


class ParkingPort:
    """`centre` is the centre now, `sound_of` the sound of a prompt."""

    def __init__(self, centre: Callable[[], Centre], sound_of: Callable[[Prompt], str]) -> None:
        self._centre = centre
        self._sound_of = sound_of

    def numbers(self) -> tuple[str, Collection[str]]:
        """The extension by which any space is meant, and the spaces; none where nobody is parked."""
        parking = self._centre().parking
        return (str(parking.extension), parking.numbers) if parking is not None else ("", ())

    def settings(self) -> ParkingSettings:
        """What parked callers meet."""
        parking = self._centre().parking
        return parking.settings if parking is not None else ParkingSettings()

    def space_sound(self, space: str, agent: Agent | None) -> str:
        """The sound by which this agent is told a space."""
        languages = self._centre().languages
        return self._sound_of(space_prompt(space, agent.speaks(languages) if agent else languages[0]))
