"""What the kernel says of watched folders, on real files."""

import asyncio
from pathlib import Path

import pytest
from asyncinotify import Mask

from recording.changes import Changes

pytestmark = pytest.mark.contract


async def test_what_happened_since_the_last_question_is_told_at_once_each_file_once(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    with Changes(folders, Mask.CLOSE_WRITE) as changes:
        for number in range(40):
            for folder in folders:
                (folder / f"{number % 3}").write_text("more")
        assert await changes.names() == {"0", "1", "2"}
        asking = asyncio.create_task(changes.names())
        await asyncio.sleep(0)
        (folders[0] / "late").write_text("")
        assert await asking == {"late"}
