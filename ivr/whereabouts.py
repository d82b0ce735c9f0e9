"""Keeps a caller's position in the flows on his channel, where it outlives the daemon."""

import structlog

from ivr import variables
from ivr.agi.session import AgiSession
from ivr.flow.position import Position

log = structlog.get_logger()

PART = 1_400
"""Characters of one channel variable: with its name and quotes escaped it fits in one line of AGI."""

PARTS = 4
NAMES = (variables.POSITION, *(f"{variables.POSITION}_{number}" for number in range(2, PARTS + 1)))
EVERYTHING = "".join(f"${{{name}}}" for name in NAMES)


async def keep(session: AgiSession, position: Position) -> None:
    """Write it on the channel. If it is too long for that his data are left out, and he goes on without them."""
    written = position.to_json()
    if _length(written) > PART * PARTS:
        log.warning("position-too-long", error_id="position-too-long", characters=len(written))
        written = position.without_data().to_json()
    parts = _parts(written)[:PARTS]
    for name, part in reversed(list(zip(NAMES, parts, strict=False))):  # the first one last: it makes them valid
        await session.set_variable(name, part)


async def kept(session: AgiSession) -> Position | None:
    """What stands on the channel; None if that is nothing, or no position."""
    written = await session.get_full_variable(EVERYTHING)
    try:
        return Position.from_json(written)
    except ValueError:
        log.warning("position-unreadable", error_id="position-unreadable")
        return None


def _length(text: str) -> int:
    return len(text) + text.count('"') + text.count("\\")


def _parts(text: str) -> list[str]:
    parts, start = [], 0
    while start < len(text):
        end = start + PART
        while _length(text[start:end]) > PART:
            end -= (_length(text[start:end]) - PART + 1) // 2
        parts.append(text[start:end])
        start = end
    return parts
