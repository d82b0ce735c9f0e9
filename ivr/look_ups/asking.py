"""Keeps a caller company while a program is asked about him: the flow's words, then music."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from acd.distributor import Distributor
from acd.facts import LookUpEnded
from ivr.agi.errors import AgiInterrupted
from ivr.agi.session import AgiSession
from ivr.flow.expression_trees import Value
from ivr.flow.steps import Digit, LookedUp, LookUp, Piece
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.requests import Request

SILENCE_S = 0.5
"""So long a caller hears nothing, where the flow has no words, before music begins: most answers are there by then."""

Play = Callable[[tuple[Piece, ...], str], Awaitable[str | None]]
"""Plays the pieces, and gives the key that ended them."""


class LookUps(Protocol):
    """Who asks the programs."""

    async def ask(self, request: Request, into: Mapping[str, str]) -> Mapping[str, Value]:
        """The values of the answer at these paths, by name. Raises LookUpFailed, and nothing else."""


class NoLookUps:
    """A house that asks nobody."""

    async def ask(self, request: Request, into: Mapping[str, str]) -> Mapping[str, Value]:
        """Raises LookUpFailed."""
        raise LookUpFailed(Failure.NOT_ALLOWED)


async def look_up(
    look_ups: LookUps, session: AgiSession, distributor: Distributor, linkedid: str, step: LookUp, play: Play
) -> LookedUp | Digit:
    """What came of it, or the key with which the caller has broken it off. His hang-up does so, too."""
    began_ms = distributor.clock.now_ms()
    answer = asyncio.ensure_future(_ask(look_ups, step))
    try:
        if key := await _keep_company(session, answer, step, play):
            return Digit(key)
        looked_up = await session.while_up(answer)
    finally:
        answer.cancel()
    now_ms = distributor.clock.now_ms()
    error = looked_up.failure or ""
    distributor.state(
        LookUpEnded(at_ms=now_ms, linkedid=linkedid, node=step.node, took_ms=now_ms - began_ms, error=error)
    )
    return looked_up


async def _ask(look_ups: LookUps, step: LookUp) -> LookedUp:
    if step.request is None:
        return LookedUp(failure=step.failure)
    try:
        return LookedUp(await look_ups.ask(step.request, step.into))
    except LookUpFailed as error:
        return LookedUp(failure=error.failure)


async def _keep_company(
    session: AgiSession, answer: "asyncio.Future[LookedUp]", step: LookUp, play: Play
) -> str | None:
    if step.meanwhile:
        if key := await play(step.meanwhile, step.keys):
            return key
    else:
        await session.while_up(asyncio.wait({answer}, timeout=SILENCE_S))
    if answer.done():
        return None
    key = None
    try:
        with session.interrupted_by(answer):
            await session.set_music(on=True)
            while key is None or key not in step.keys:
                key = await session.wait_for_digit(-1)
    except AgiInterrupted:
        key = None
    await session.set_music(on=False)
    return key
