"""A store as it was at one moment, on every data base."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from recording.inputs.cost_shares import Cost
from recording.inputs.costs import Costs
from recording.inputs.staff import Staff
from recording.inputs.staffing import StaffEntry, StaffEvent
from recording.store import Store

pytestmark = pytest.mark.contract
pytest_plugins = ["tests.contract.databases"]

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
RENT = Cost(what="Rent", first=NOVEMBER[0], last=NOVEMBER[1], amount=Decimal(3000), currency="CNY")
TEA = RENT.model_copy(update={"what": "Tea"})


async def test_what_is_read_of_one_moment_stays_whatever_is_written_meanwhile(store: Store) -> None:
    await Costs(store, ZONE).save([RENT])
    async with store.at_one_moment() as then:
        assert await Costs(then, ZONE).entries(*NOVEMBER) == [RENT]
        await Costs(store, ZONE).save([TEA])
        assert await Costs(then, ZONE).entries(*NOVEMBER) == [RENT]
        assert await Costs(store, ZONE).entries(*NOVEMBER) == [RENT, TEA]
    async with store.at_one_moment() as later:
        assert await Costs(later, ZONE).entries(*NOVEMBER) == [RENT, TEA]


async def test_one_moment_remembers_what_was_read_of_it_and_another_does_not(store: Store) -> None:
    joined = StaffEntry(agent="1001", day=NOVEMBER[0], event=StaffEvent.JOINED)
    async with store.at_one_moment() as then:
        staffing = await Staff(then).staffing()
        await Staff(store).save([joined])
        assert await Staff(then).staffing() is staffing
        assert staffing.at("1001", NOVEMBER[1]) is None
    async with store.at_one_moment() as later:
        assert (await Staff(later).staffing()).at("1001", NOVEMBER[1]) is not None
    assert await Staff(store).staffing() is not await Staff(store).staffing()
