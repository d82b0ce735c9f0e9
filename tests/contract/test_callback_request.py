"""A caller who asks to be called back in a flow, on a fake channel: what is asked for him, and what is refused."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from acd.facts import CallEnded
from acd.queues import QueueSettings
from ivr.desk import Desk, Outside
from ivr.destinations import Destination
from ivr.flow.model import Flow
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import CALL, Floor, called, words

pytestmark = pytest.mark.contract

OWN = "13900000001"
FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en", "cmn"),
        "start": "offer",
        "nodes": {
            "offer": {
                "kind": "callback", "queue": "sales", "text": {"en": "Call back?", "cmn": "回电吗？"}, "next": "yes",
                "otherwise": "no", "skills": {"sales": 3}, "priority": 2, "data": {"from": "{caller.number}"},
            },
            "yes": {"kind": "hangup", "reason": "agreed"},
            "no": {"kind": "hangup", "reason": "not_agreed"},
        },
    }
)  # fmt: skip


class Asked:
    """Takes every wish, or none."""

    def __init__(self, *, takes: bool = True) -> None:
        self._takes = takes
        self.wishes: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    def request(self, *who: str, **wish: Any) -> bool:
        """As ivr.desk.Callbacks."""
        self.wishes.append((who, wish))
        return self._takes


def find(text: str) -> Destination | None:
    """4001 is a number of ours."""
    return Destination(number=text) if text == "4001" else None


@asynccontextmanager
async def offered(
    asked: Asked, number: str = OWN, outside: Outside | None = None
) -> AsyncIterator[tuple[Floor, FakeAsterisk]]:
    """A caller of this number."""
    floor = Floor(QueueSettings(name="sales"))
    line = outside or Outside(line="carrier", allow=("010XXXXXXX", "40XX"))
    desk = Desk(distributor=floor.distributor, sound_of=words, callbacks=asked, outside=lambda: line, find=find)
    async with called(desk, FLOW, CALL, "4000", "", "", "en", callerid=number) as asterisk:
        yield floor, asterisk


def presses(keys: str) -> dict[str, Any]:
    """He presses these, each when he is asked, or waited for."""
    left = iter(keys)
    return {"WAIT FOR DIGIT": lambda _: f"200 result={ord(key) if (key := next(left, '')) else 0}"}


async def test_who_agrees_is_asked_for_with_what_the_flow_says() -> None:
    asked = Asked()
    async with offered(asked) as (floor, asterisk):
        await asterisk.serve(presses("11"))
        ((who, wish),) = asked.wishes
        assert who == (CALL, OWN, "sales")
        assert (wish["priority"], wish["skills"], wish["data"], wish["language"]) == (
            2, {"sales": 3}, {"from": OWN}, "en"
        )  # fmt: skip
        assert floor.named(CallEnded)[0].reason == "agreed"


async def test_what_the_call_backs_refuse_he_is_told() -> None:
    async with offered(Asked(takes=False)) as (floor, asterisk):
        await asterisk.serve(presses("11"))
        said = [command[2] for command in asterisk.commands if command[:2] == ["STREAM", "FILE"]]
        assert said[-1] == "We are sorry, we cannot call you back at this number."
        assert floor.named(CallEnded)[0].reason == "not_agreed"


@pytest.mark.parametrize(
    ("number", "reason"), [("0101234567", "agreed"), ("0099012345678", "not_agreed"), ("4001", "not_agreed")]
)
async def test_a_number_that_he_keys_passes_the_toll_guard_or_is_never_called(number: str, reason: str) -> None:
    asked = Asked()
    async with offered(asked) as (floor, asterisk):
        await asterisk.serve(presses(f"12{number}#1"))
        assert [who[1] for who, _ in asked.wishes] == [number][: reason == "agreed"]
        assert floor.named(CallEnded)[0].reason == reason
