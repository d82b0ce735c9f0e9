"""The command line, run in the process of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cti.commands import main
from tests.contract.fake_floor import TOKEN, FakeFloor, open_floor


async def callcenter(*arguments: str) -> int:
    """The exit status of `callcenter` with these words."""
    return await asyncio.to_thread(main, arguments)


class Terminal:
    """Who types `callcenter`, the words `before`, and others; each must end with the status he expects."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *before: str) -> None:
        self._capsys = capsys
        self._before = before

    async def __call__(self, *arguments: str, code: int = 0) -> str:
        """What it prints as its answer."""
        ended = await callcenter(*self._before, *arguments)
        said = self._capsys.readouterr()
        assert ended == code, said.err
        return said.out


@asynccontextmanager
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeFloor]:
    """A floor that commands find."""
    async with open_floor(tmp_path) as web:
        reach(web, tmp_path, monkeypatch)
        yield web


def reach(web: FakeFloor, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find this floor from now on."""
    (state / "token").write_text(TOKEN + "\n")
    monkeypatch.setenv("CALLCENTER_HTTP_PORT", str(web.client.port))
