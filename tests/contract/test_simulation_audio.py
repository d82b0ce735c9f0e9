"""What the ear and mouth of a simulated telephone do once they are closed."""

import asyncio

import pytest

from cti.simulation.audio import Audio

pytestmark = pytest.mark.contract


async def test_a_closed_mouth_that_is_asked_to_speak_says_nothing() -> None:
    async with Audio(440) as audio:
        pass
    closed = asyncio.Event()
    asyncio.get_running_loop().call_soon(closed.set)  # after the transport has let go of its socket
    await closed.wait()
    audio.speak_to(("127.0.0.1", 9))
    assert audio.received == 0
