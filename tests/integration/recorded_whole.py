"""Every story told on real parts ends with this: what was talked in it was recorded, all of it."""

from cti.settings import Settings
from recording.record import ASTERISK_LOST
from recording.recorded import missing_talk
from recording.store import Page, Store


async def recorded_whole(settings: Settings) -> None:
    """Of no call that is over and whose audio is kept any talk is missing, unless Asterisk itself was killed."""
    store = Store(settings.database_url)
    try:
        records = await store.calls(page=Page(size=500))
    finally:
        await store.close()
    for record in records:
        if record.recordings and record.reason != ASTERISK_LOST:
            assert missing_talk(record) == (), (record.linkedid, record.conversations, record.recordings)
