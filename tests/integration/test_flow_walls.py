"""What a real Asterisk makes of words that mean something to it elsewhere: nothing."""

import asyncio
from pathlib import Path

import pytest

from ivr.agi.errors import AgiArgumentRefused, AgiCommandFailed
from ivr.flow.position import Position, Standing
from ivr.whereabouts import keep, kept
from tests.integration.asterisk_fixture import RunningAsterisk
from tests.integration.line import StandInDaemon, line_of
from tests.unit.test_flow_walls import EVIL

pytestmark = pytest.mark.integration

CALLER_NAME = "${CHANNEL(name)}$[1+1],a&b|c"
ONE_LINE = [evil for evil in EVIL if not set("\r\n\0") & set(evil) and len(evil) < 1_000]


async def test_asterisk_evaluates_nothing_that_a_flow_hands_to_it(asterisk: RunningAsterisk, tmp_path: Path) -> None:
    async with line_of(asterisk, tmp_path) as line, StandInDaemon(line) as daemon:
        call = await line.phones.dial("4000", number="100", name=CALLER_NAME)
        session = await daemon.next_call()
        assert session.environment.calleridname == CALLER_NAME
        await session.answer()

        for evil in [*ONE_LINE, "${CHANNEL(name)}", "${GLOBAL(RECORDINGS)}", "${EVAL(${CHANNEL(name)})}"]:
            await session.set_variable("WORD", evil)
            assert await session.get_full_variable("${WORD}") == evil
            assert await session.get_full_variable("<${WORD}>") == f"<{evil}>"
        for evil in EVIL:
            if evil not in ONE_LINE and len(evil) < 1_000:
                with pytest.raises(AgiArgumentRefused):
                    await session.set_variable("WORD", evil)

        data = {f"v{number}": evil for number, evil in enumerate(EVIL) if len(evil) < 1_000}
        position = Position("en", (Standing("a", "b", data, ("b",)),), {"caller.name": CALLER_NAME}, 7)
        await keep(session, position)
        assert await kept(session) == position
        long = Position("en", (Standing("a", "b", {"v": "x" * 5_700}, ()),), {})
        await keep(session, long)
        assert await kept(session) == long.without_data()

        inside = str(asterisk.settings.state / "accounts")  # a file that is there, and no sound
        for name in (*ONE_LINE, inside, "../" * 12 + "etc/hostname", "/etc/hostname", "http://127.0.0.1:1/x.wav"):
            with pytest.raises(AgiCommandFailed):
                await session.stream_file(name)

        before = len(line.events)
        for number, evil in enumerate(ONE_LINE):
            await line.ami.action("UserEvent", {"UserEvent": "Wall", "Number": str(number), "Word": evil})
        told = [await line.event("UserEvent", Number=str(number)) for number in range(len(ONE_LINE))]
        assert [event.get("Word") for event in told] == ONE_LINE
        by_itself = {"ContactStatus", "DeviceStateChange"}  # of phones that have just registered
        assert {event.event for event in line.events[before:]} - by_itself == {"UserEvent"}
        assert (await asterisk.console("core show channels count")).startswith("1 active channel")
        await asyncio.gather(call.hang_up())
    log = (asterisk.folder / "log/messages").read_text("utf-8", "replace")
    assert "SHELL" not in log.replace("${SHELL(id)}", "")
