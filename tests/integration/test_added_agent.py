"""An agent added by command while the service runs: his phone registers, and he takes a call."""

import asyncio

import pytest

from cti.accounts import load_credentials
from cti.commands import main
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import conversation, sees

pytestmark = pytest.mark.integration


async def test_an_agent_who_is_added_with_a_phone_takes_a_call_a_moment_later(
    floor: RunningCentre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in floor.settings.environment().items():
        monkeypatch.setenv(name, value)
    added = ("agents", "add", "1005", "Zhang San", "--phone", "1005", "--skill", "sales=7")
    assert await asyncio.to_thread(main, added) == 0
    assert "It can register now." in capsys.readouterr().out
    floor.credentials = load_credentials(floor.settings.state)
    async with asyncio.timeout(60), floor.phones(audio=True) as phones:
        await phones["1005"].register()
        await floor.post("/api/agents/1005/sign-in")
        await sees(floor, "1005", "ready")
        _, leg = await conversation(phones, "4001", "1005", number="100")
        await leg.hang_up()
        assert (await floor.record("100", recorded=False))["agent"] == "1005"
