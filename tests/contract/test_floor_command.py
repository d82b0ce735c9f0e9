"""`callcenter floor`: what a desktop does with calls under way, from the command line."""

from pathlib import Path

import pytest

from cti.commands import main
from tests.contract.command_line import Terminal, callcenter, running
from tests.contract.test_api_parking import parked
from tests.contract.test_api_recording_pauses import talks

pytestmark = pytest.mark.contract


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    return Terminal(capsys, "floor")


async def test_calls_under_way_are_listed_with_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, floor: Terminal
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        assert len((await floor()).splitlines()) == 1
        parked(web)
        header, line = (await floor("list")).splitlines()
        assert header.split() == ["SINCE", "STATE", "CALLER", "DIALLED", "QUEUE", "AGENT", "SPACE", "ID"]
        assert line.split()[1] == "parked"
        assert "701" in line.split()
        _, floor_now = await web.get("/api/floor")
        assert line.endswith(floor_now["calls"][0]["id"])
        assert '"alarms": []' in await floor("list", "--json")


async def test_a_parked_caller_is_fetched_by_his_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, floor: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path, monkeypatch) as web:
        await floor("fetch", "1001", "701", code=1)
        parked(web)
        await floor("fetch", "1001", "701", code=1)  # who is not signed in
        web.sign_in("1001")
        await floor("fetch", "1001", "702", code=1)
        assert await floor("fetch", "1001", "701") == "Agent 1001 is rung for the caller at 701.\n"
        assert web.floor.distributor.router.roster.agent("1001").state == "ringing"


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [
        (("park", "1001"), "asterisk-unavailable"),
        (("park", "1001", "--space", "701"), "asterisk-unavailable"),
        (("mute", "1001"), "asterisk-unavailable"),
        (("unmute", "1001"), "asterisk-unavailable"),
        (("dial", "1001", "13800138000"), "asterisk-unavailable"),
        (("mute", "1002"), "not-in-conversation"),
        (("park", "1002"), "not-in-conversation"),
        (("park", "1099"), "unknown-agent"),
        (("fetch", "1002", "703"), "not-parked"),
    ],
)
async def test_what_cannot_be_done_is_told_with_its_id(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    refused: str,
) -> None:
    """The floor of these tests has no Asterisk: that it is asked is as far as it goes."""
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
    async with running(tmp_path, monkeypatch) as web:
        talks(web)
        assert await callcenter("floor", *arguments) == 1
        assert capsys.readouterr().err.endswith(f"[{refused}]\n")


@pytest.mark.parametrize(
    "arguments", [("park",), ("park", "x"), ("fetch", "1001"), ("fetch", "1001", "x"), ("dial", "1001", "*26")]
)
async def test_a_line_that_does_not_fit_ends_with_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(("floor", *arguments))
    assert ended.value.code == 2
