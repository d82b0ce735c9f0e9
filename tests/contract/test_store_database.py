"""The data base's address, and several daemons at one data base."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from recording.database import DatabaseError, is_away, open_engine
from recording.store import Store

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("calls.sqlite", "expected sqlite:///<path> or postgresql://"),
        ("mysql://root@127.0.0.1/calls", "'mysql': expected sqlite or postgresql"),
    ],
)
def test_an_address_that_is_none_says_what_was_expected(url: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why) as caught:
        open_engine(url)
    assert caught.value.id == "database-address-invalid"


def test_an_error_does_not_repeat_the_password() -> None:
    with pytest.raises(DatabaseError) as caught:
        open_engine("mysql://root:hunter2@127.0.0.1/calls")
    assert "hunter2" not in str(caught.value)


async def test_two_daemons_that_start_at_once_make_the_tables_once(database: str) -> None:
    stores = [Store(database), Store(database)]
    try:
        await asyncio.gather(*(store.migrate() for store in stores))
        assert [await store.calls() for store in stores] == [[], []]
    finally:
        for store in stores:
            await store.close()


def test_what_passes_is_told_from_what_does_not() -> None:
    lost = ProgrammingError("", None, Exception(), connection_invalidated=True)
    assert is_away(lost)
    assert is_away(OperationalError("", None, Exception()))
    assert is_away(ConnectionRefusedError())
    assert not is_away(ProgrammingError("", None, Exception()))
    assert not is_away(ValueError())
