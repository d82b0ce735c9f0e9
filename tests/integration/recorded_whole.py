"""Every story told on real parts ends with this: what was talked in it was recorded, all of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cti.settings import Settings
from recording.record import ASTERISK_LOST
from recording.recorded import missing_talk, talked
from recording.recorded_share import RecordedShares
from recording.store import Page, Store

DAY = timedelta(days=1)


async def recorded_whole(settings: Settings) -> None:
    """Of no call that is over any talk is missing, unless Asterisk itself was killed: each has a recording, or raw
    audio that the stopped centre did not come to; and the share of the day, for which an alarm rises, was 100 %."""
    store, now = Store(settings.database_url), datetime.now(UTC)
    try:
        records = await store.calls(page=Page(size=500))
        lacking = await RecordedShares(store).lacking(now - DAY, now + DAY)
    finally:
        await store.close()
    killed = {record.id for record in records if record.reason == ASTERISK_LOST}
    for record in records:
        if record.id in killed:
            continue
        if record.recordings:
            assert missing_talk(record) == (), (record.linkedid, record.conversations, record.recordings)
        else:
            waits = _raw(settings.recordings_folder, record.linkedid).exists()
            assert waits or not talked(record), (record.linkedid, record.conversations, "no recording")
    assert set(lacking) <= killed, "the alarm was raised"


def _raw(folder: Path, linkedid: str) -> Path:
    return folder / f"{linkedid}.raw"
