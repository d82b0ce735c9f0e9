"""How callers are parked, as administrators write it in centre.yaml: the extension, the spaces, and the time limit."""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, TypeVar

from pydantic import Field

from ivr.desk import ParkingSettings
from ivr.documents import Document, Name, Part, Problem
from ivr.flow.steps import Prompt
from ivr.parking_words import space_prompt

MOST_SPACES = 100

Kind = TypeVar("Kind", bound=Part)


class Parking(Part):
    """To what number an agent sends a caller whom anybody may fetch (`extension`: any space; or a space itself), at
    which numbers he waits ("701-709"), after how many seconds he goes back to that agent, and what he hears."""

    extension: Annotated[int, Field(ge=10, le=999_999)]
    spaces: Annotated[str, Field(pattern=r"^[1-9][0-9]{1,5}-[1-9][0-9]{1,5}$")]
    back_s: Annotated[int, Field(ge=1, le=3600)] = 60
    music: Name = "default"

    @property
    def numbers(self) -> tuple[str, ...]:
        """All spaces."""
        first, last = map(int, self.spaces.split("-"))
        return tuple(map(str, range(first, last + 1)))

    @property
    def settings(self) -> ParkingSettings:
        """What parked callers meet."""
        return ParkingSettings(music=self.music, back_ms=self.back_s * 1000)

    def prompts(self, languages: Collection[str]) -> Iterator[Prompt]:
        """What an agent hears who asks for a space before he sends his caller there."""
        for language in languages:
            yield from (space_prompt(space, language) for space in self.numbers)


def parking_problems(
    document: Document[Kind], parking: Parking | None, taken: Mapping[str, str], music: Collection[str]
) -> Iterator[Problem]:
    """What is wrong with it in centre.yaml. `taken` are numbers that lead elsewhere, with the words for where; `music`
    are the classes there are."""
    if parking is None:
        return
    first, _, last = parking.spaces.partition("-")
    if len(first) != len(last) or not 0 <= int(last) - int(first) < MOST_SPACES:
        wrong = f'"{parking.spaces}" are no spaces'
        yield document.problem(("parking", "spaces"), wrong, f"the first and the last of 1 to {MOST_SPACES} numbers")
        return
    if parking.music not in music:
        yield document.unknown(("parking", "music"), "music of a queue", parking.music, music)
    for where, number in (("extension", str(parking.extension)), *(("spaces", one) for one in parking.numbers)):
        if number in taken or (where == "spaces" and number == str(parking.extension)):
            what = taken.get(number, "the extension by which any space is meant")
            yield document.problem(("parking", where), f"{number} is {what}", "numbers that lead nowhere else")
