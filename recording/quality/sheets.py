"""A score sheet and what is judged by it, as values. How a sheet is written in a file is decided by
cti/quality_files.py, what a judgement is worth by recording/quality/scoring.py.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from acd.masking import Personal

LONGEST_COMMENT = 2_000
LONGEST_RECORDING_MS = 24 * 3600 * 1000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Text = Mapping[str, str]
"""Words for people, by language, the first one's first."""


def said(text: Text, language: str, otherwise: str = "") -> str:
    """In this language, or in the first that there is; `otherwise` where there is none."""
    return text.get(language) or next(iter(text.values()), otherwise)


Comment = Annotated[Personal, Field(max_length=LONGEST_COMMENT)]


class ItemKind(StrEnum):
    """How an item is marked."""

    YES_NO = "yes_no"  # 1 for yes, 0 for no
    SCALE = "scale"  # 0 to the item's `most`


class Item(_Value):
    """One thing that is judged. `weight` is its part of the whole beside the others' weights; `most` the best mark;
    below `comment_below`, a mark, a comment is required (0: never)."""

    name: str
    title: Text
    kind: ItemKind
    weight: int = Field(ge=1)
    most: int = Field(ge=1)
    not_applicable: bool = False
    comment_below: int = 0


class Section(_Value):
    """Items that belong together."""

    name: str
    title: Text
    items: tuple[Item, ...]


class Fatal(_Value):
    """An error after which the whole is worth `cap` at most, 0 to 100."""

    name: str
    title: Text
    cap: int = Field(0, ge=0, le=100)


class Hears(StrEnum):
    """What of a call its agent may hear once he sees how he was judged."""

    OWN_PART = "own_part"  # all but what a colleague said with the caller without him
    WHOLE_CALL = "whole_call"


class ScoreSheet(_Value):
    """By what a call is judged. Names of items and fatal errors are its own each; `pass_mark` is the score from which a
    call is good enough; a reviewer has `review_days` from the draw to the release, the agent `appeal_days` to appeal,
    and who decides has `decision_days` (0: nobody is late). `agent_hears` is what of the call the agent may hear."""

    name: str
    title: Text
    pass_mark: int = Field(80, ge=0, le=100)
    review_days: int = Field(5, ge=0)
    appeal_days: int = Field(7, ge=0)
    decision_days: int = Field(5, ge=0)
    agent_hears: Hears = Hears.OWN_PART
    sections: tuple[Section, ...]
    fatal: tuple[Fatal, ...] = ()

    def items(self) -> Iterator[Item]:
        """All items, in the order of the sheet."""
        for section in self.sections:
            yield from section.items

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in it, as 64 figures: what a score keeps of the version it was given with."""
        return sha256(self.model_dump_json().encode()).hexdigest()


class Mark(_Value):
    """What an item got: 0 to its `most`; null: not applicable to this call."""

    value: int | None = Field(description="0 to the item's best mark; null: not applicable to this call.")
    comment: Comment = ""


class TimeMark(_Value):
    """A place in a recording of the call, `at_ms` milliseconds after its beginning, and what is to be said of it."""

    at_ms: int = Field(ge=0, le=LONGEST_RECORDING_MS)
    comment: Comment
    item: str = Field("", description="The item it is about; empty for none.")
    recording: int = Field(1, ge=1, description="Which recording of the call, counted from 1.")


class Judgement(_Value):
    """What a reviewer says of a call: a mark for each item, the fatal errors that were made, each with a comment."""

    marks: Mapping[str, Mark] = Field({}, description="By item.")
    fatal: Mapping[str, Comment] = Field({}, description="By fatal error that was made: what happened.")
    time_marks: Annotated[tuple[TimeMark, ...], Field(max_length=500)] = ()
    comment: Comment = ""
