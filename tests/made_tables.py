"""A data base file with its tables, made once for each test process: the migrations take longer than most tests."""

import asyncio
import shutil
import tempfile
from functools import cache
from pathlib import Path
from threading import Thread

from recording.store import Store


def lend_tables(file: Path) -> None:
    """Put a data base whose tables are empty where there is none yet."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made_tables(), file)


@cache
def made_tables() -> Path:
    """The file, which is not to be written to."""
    file = Path(tempfile.mkdtemp(prefix="callcenter-tables-")) / "callcenter.db"

    async def make() -> None:
        store = Store(f"sqlite:///{file}")
        await store.migrate()
        await store.close()

    making = Thread(target=lambda: asyncio.run(make()))  # whoever asks first may be in a loop of his own
    making.start()
    making.join()
    return file
