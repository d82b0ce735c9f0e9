"""A caller who is asked for a mark after his talk, on a fake channel: what is stated of it, whatever he does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from acd.facts import CallEnded, SurveyAnswered, SurveyAsked
from acd.queues import QueueSettings
from ivr.desk import Desk
from ivr.flow.model import Flow
from ivr.journeys import Journeys
from tests.contract.fake_agi import FakeAsterisk
from tests.contract.reception_floor import AGENT, CALL, Floor, called, dial, hangs_up, words

pytestmark = pytest.mark.contract

FLOW = Flow.model_validate(
    {
        "flow": "hotline",
        "languages": ("en",),
        "start": "sales",
        "nodes": {
            "sales": {"kind": "queue", "queue": "sales", "then": "mark", "otherwise": "end"},
            "mark": {
                "kind": "survey", "survey": "satisfaction", "text": {"en": "From 1 to 5?"}, "tries": 1, "next": "end",
                "thanks": {"en": "Thanks."},
            },
            "end": {"kind": "hangup", "reason": "served"},
        },
    }
)  # fmt: skip
ABOUT = ("satisfaction", "mark", "sales", AGENT)


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[Floor, FakeAsterisk]]:
    """A caller whom the agent serves."""
    floor = Floor(QueueSettings(name="sales"))
    desk = Desk(distributor=floor.distributor, sound_of=words, journeys=Journeys(floor.distributor))
    async with called(desk, FLOW, CALL, "4000") as asterisk:
        yield floor, asterisk


def marks(floor: Floor) -> list[tuple[str | int, ...]]:
    """What is stated of marks, in order: about whom, and the mark."""
    asked: list[SurveyAsked] = floor.named(SurveyAsked)
    answered: list[SurveyAnswered] = floor.named(SurveyAnswered)
    return [
        *((fact.survey, fact.node, fact.queue, fact.agent) for fact in asked),
        *((fact.survey, fact.node, fact.queue, fact.agent, fact.score) for fact in answered),
    ]


async def test_his_mark_is_stated_with_the_agent_and_the_queue_of_his_talk() -> None:
    async with asked() as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16")), "WAIT FOR DIGIT": "200 result=52"})
        assert marks(floor) == [ABOUT, (*ABOUT, 4)]
        said = [command[2] for command in asterisk.commands if command[:2] == ["STREAM", "FILE"]]
        assert said == ["From 1 to 5?", "Thanks."]


async def test_who_says_nothing_or_hangs_up_while_he_is_asked_was_asked() -> None:
    async with asked() as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        assert (marks(floor), floor.named(CallEnded)[0].reason) == ([ABOUT], "served")
    async with asked() as (floor, asterisk):
        gone = hangs_up(asterisk, "200 result=-1 endpos=80")
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16")), "STREAM FILE": gone})
        assert (marks(floor), floor.named(CallEnded)[0].reason) == ([ABOUT], "hung_up")


async def test_who_hangs_up_before_his_agent_is_not_asked() -> None:
    async with asked() as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": hangs_up(asterisk, "200 result=-1")})
        assert marks(floor) == []
