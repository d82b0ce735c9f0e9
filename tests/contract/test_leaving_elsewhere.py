"""A caller who leaves a queue for a number outside or a last word, on a fake channel."""

from pathlib import Path

import pytest

from acd.facts import TransferEnded
from acd.states import DequeueReason, EndedBy
from acd.targets import LEAVE, Target
from ivr.desk import Outside
from ivr.toll_guard import NOT_ANSWERED, Refusal
from tests.contract.leaving_floor import CLOSED, NUMBER, OUTSIDE, ended, leaving, sounds
from tests.contract.reception_floor import Floor, dial, hangs_up

pytestmark = pytest.mark.contract


def sent_outside(floor: Floor) -> tuple[bool, str]:
    """What the queue tells of the number outside: whether it answered, and why not."""
    (told,) = floor.named(TransferEnded)
    assert (told.queue, told.node, told.number) == ("sales", "", NUMBER.value)
    return told.answered, told.error


async def test_a_number_that_answers_is_a_conversation_after_which_the_flow_goes_on(tmp_path: Path) -> None:
    async with leaving(NUMBER, tmp_path) as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        (rung,) = [command[2] for command in asterisk.commands if command[:2] == ["EXEC", "Dial"]]
        assert rung == "PJSIP/01012345678@carrier,30,gm(default)"
        assert ended(floor) == (EndedBy.SYSTEM, "served", DequeueReason.OVERFLOWED)
        assert sent_outside(floor) == (True, "")
        assert not sounds(asterisk)


NO_ANSWER: list[tuple[str, Outside | None]] = [("NOANSWER", OUTSIDE), ("CHANUNAVAIL", OUTSIDE), ("", None)]


@pytest.mark.parametrize(("status", "outside"), NO_ANSWER)
async def test_a_number_that_does_not_answer_leads_to_the_flows_otherwise(
    tmp_path: Path, status: str, outside: Outside | None
) -> None:
    async with leaving(NUMBER, tmp_path, outside=outside) as (floor, asterisk):
        await asterisk.serve({"EXEC Dial": dial(asterisk, (status, "0"))})
        assert sounds(asterisk) == ["Sorry."]
        assert ended(floor) == (EndedBy.SYSTEM, "nobody_free", DequeueReason.OVERFLOWED)
        assert sent_outside(floor) == (False, NOT_ANSWERED if outside else Refusal.NO_LINE)


@pytest.mark.parametrize("status", ["ANSWER", ""])
async def test_who_hangs_up_on_a_number_outside_has_talked_there_if_it_had_answered(
    tmp_path: Path, status: str
) -> None:
    async with leaving(NUMBER, tmp_path) as (floor, asterisk):

        def dialled(_: list[str]) -> str:
            asterisk.variables["DIALSTATUS"] = status
            asterisk.hang_up()
            return "200 result=-1"

        await asterisk.serve({"EXEC Dial": dialled})
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)
        assert sent_outside(floor) == (status == "ANSWER", "" if status else NOT_ANSWERED)


async def test_a_number_is_called_as_the_centre_where_the_files_say_so(tmp_path: Path) -> None:
    async with leaving(NUMBER, tmp_path, outside=Outside(line="carrier", caller_id="4000")) as (_, asterisk):
        asterisk.variables["CALLERID(all)"] = '"Ma" <139>'
        await asterisk.serve({"EXEC Dial": dial(asterisk, ("ANSWER", "16"))})
        shown = [command[3] for command in asterisk.commands if command[:3] == ["SET", "VARIABLE", "CALLERID(all)"]]
    assert shown == ["4000", '"Ma" <139>'], "and then he is himself again"


@pytest.mark.parametrize(("language", "said"), [("cmn", "已下班。"), ("en", "We are closed.")])
async def test_an_announcement_is_said_in_his_language_and_then_he_is_hung_up_on(
    tmp_path: Path, language: str, said: str
) -> None:
    async with leaving(CLOSED, tmp_path, language=language) as (floor, asterisk):
        await asterisk.serve()
        assert sounds(asterisk) == [said]
        assert ended(floor) == (EndedBy.SYSTEM, "announced", DequeueReason.OVERFLOWED)


async def test_who_leaves_goes_on_in_the_flow_where_it_says_otherwise(tmp_path: Path) -> None:
    async with leaving(LEAVE, tmp_path) as (floor, asterisk):
        await asterisk.serve()
        assert sounds(asterisk) == ["Sorry."]
        assert ended(floor) == (EndedBy.SYSTEM, "nobody_free", DequeueReason.OVERFLOWED)


HANG_UPS: list[tuple[Target, dict[str, str]]] = [
    (NUMBER, {"EXEC Dial": "200 result=-1"}),
    (CLOSED, {"STREAM FILE": "200 result=-1 endpos=80"}),
    (LEAVE, {"STREAM FILE": "200 result=-1 endpos=80"}),
]


@pytest.mark.parametrize(("target", "during"), HANG_UPS)
async def test_a_hang_up_on_the_way_is_a_hang_up(tmp_path: Path, target: Target, during: dict[str, str]) -> None:
    async with leaving(target, tmp_path) as (floor, asterisk):
        ((command, reply),) = during.items()
        await asterisk.serve({command: hangs_up(asterisk, reply)})
        assert ended(floor) == (EndedBy.CALLER, "hung_up", DequeueReason.OVERFLOWED)
        assert floor.is_empty()
