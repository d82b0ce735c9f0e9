"""What a caller meets before an agent: prompts that end at a key, menus in both languages, a word before the end."""

import asyncio
from typing import Any

import pytest

from cti.centre import load_centre
from ivr.flow.graph import sayings
from ivr.flow.steps import Prompt
from ivr.prompts import Prompts
from tests.integration.centre_fixture import RunningCentre
from tests.integration.floor_fixture import sees, staffed, talk
from tests.integration.listening import PLAYED, likeness, sides, spoken

pytestmark = pytest.mark.integration


class Script:
    """The words of the centre's flows, as sound."""

    def __init__(self, floor: RunningCentre) -> None:
        self._flows = load_centre(floor.settings.dialplans).flows
        self._prompts = Prompts(floor.settings.state / "sounds/prompts")

    def sound(self, flow: str, node: str, language: str, words: str = "text") -> list[int]:
        """What is said at a node of a flow."""
        text = sayings(self._flows[flow].nodes[node])[words][language].text or ""
        return self.words(Prompt(text, language))

    def words(self, prompt: Prompt) -> list[int]:
        """Words of the house."""
        return spoken(self._prompts.file(prompt))


async def heard_by(floor: RunningCentre, record: dict[str, Any]) -> list[int]:
    """All that the caller heard."""
    return sides(await floor.audio(record["id"]))[1]


def choices(record: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The caller's way, with his answer at each menu."""
    return [(step["node"], step["choice"]) for step in record["ivr_path"]]


async def test_each_caller_is_spoken_to_in_the_language_he_chose_until_the_end(floor: RunningCentre) -> None:
    script = Script(floor)
    async with staffed(floor, "1002", audio=True) as phones:
        english, chinese = [await phones.dial("4000", number=number) for number in ("100", "200")]
        calls = [await floor.fact("CallArrived", caller=number) for number in ("100", "200")]
        for call, caller, key in zip(calls, (english, chinese), "21", strict=True):
            await floor.fact("NodeEntered", linkedid=call["linkedid"], node="language")
            await caller.press(key)
        for call in calls:  # the greeting is heard out
            await floor.fact("NodeEntered", linkedid=call["linkedid"], node="topic")
        await chinese.hang_up()
        await english.press("1")
        leg = await phones["1002"].next_call()
        await talk(english, leg)
        await leg.hang_up()
        await floor.fact("NodeEntered", linkedid=calls[0]["linkedid"], node="mark")
        await english.press("5")
        await english.ended()
        assert not english.ended_here  # we said goodbye first
        served, left = [await floor.record(number) for number in ("100", "200")]
        assert choices(served) == [
            ("caller", "unknown"),
            ("whose_language", "otherwise"),
            ("language", "2"),
            ("greeting", None),
            ("hours", "open"),
            ("who", "otherwise"),
            ("topic", "1"),
            ("sales", None),
            ("served", None),
            ("mark", "5"),
            ("done", None),
            ("goodbye", None),
        ]
        assert (served["outcome"], served["reason"], served["data"]) == ("answered", "served", {"topic": "sales"})
        assert choices(left)[2:] == [
            ("language", "1"),
            ("greeting", None),
            ("hours", "open"),
            ("who", "otherwise"),
            ("topic", None),
        ]
        assert (left["outcome"], left["ended_by"]) == ("served_by_ivr", "caller")
        for record, language, other in ((served, "en", "cmn"), (left, "cmn", "en")):
            heard = await heard_by(floor, record)
            assert likeness(script.sound("hotline", "greeting", language), heard) > PLAYED
            assert likeness(script.sound("hotline", "greeting", other), heard) < PLAYED
        assert likeness(script.sound("hotline", "goodbye", "en"), await heard_by(floor, served)) > PLAYED


async def test_a_prompt_ends_at_the_key(floor: RunningCentre) -> None:
    story = Script(floor).sound("quiz", "story", "en")
    async with staffed(floor, audio=True) as phones:
        caller = await phones.dial("4013", number="100")
        await floor.fact("NodeEntered", node="question")
        await caller.press("3")
        await floor.fact("NodeEntered", node="story")
        await caller.press("4")  # understood by the menu that comes after the story
        await caller.ended()
        record = await floor.record("100")
        assert choices(record) == [("question", "3"), ("story", None), ("moral", "4"), ("right", None)]
        assert record["recordings"][0]["duration_ms"] < len(story) / 8  # the story alone is longer than the whole call


async def test_three_answers_that_are_none_end_the_call_with_a_reason_said_and_written(floor: RunningCentre) -> None:
    script = Script(floor)
    async with staffed(floor) as phones:
        caller = await phones.dial("4013", number="100")
        await floor.fact("NodeEntered", node="question")
        await caller.press("7")  # by SIP INFO, as these phones have no audio
        await caller.ended()
        record = await floor.record("100")
        answers = [message["choice"] for message in floor.messages if message.get("fact") == "MenuAnswered"]
        assert answers == ["invalid", "timeout", "timeout"]
        assert (record["outcome"], record["reason"], record["ended_by"]) == (
            "served_by_ivr",
            "no_valid_choice",
            "system",
        )
        assert choices(record) == [("question", "timeout"), ("give_up", None)]
        heard = await heard_by(floor, record)
        for node, words in (("question", "invalid"), ("question", "timeout"), ("give_up", "text")):
            assert likeness(script.sound("quiz", node, "en", words), heard) > PLAYED, words


async def test_an_announcement_is_said_in_every_language_and_a_queue_that_gives_up_says_so(
    floor: RunningCentre,
) -> None:
    script = Script(floor)
    async with staffed(floor, audio=True) as phones:
        callers = [await phones.dial(dialled, number=dialled) for dialled in ("4003", "4012")]
        await asyncio.gather(*(caller.ended() for caller in callers))
        announced, given_up = [await floor.record(number) for number in ("4003", "4012")]
        assert (announced["outcome"], announced["reason"], announced["ended_by"]) == (
            "served_by_ivr",
            "announced",
            "system",
        )
        heard = await heard_by(floor, announced)
        for language in ("cmn", "en"):
            assert likeness(script.sound("announcement", "hours", language), heard) > PLAYED
        assert (given_up["outcome"], given_up["reason"]) == ("timed_out", "nobody_free")
        assert (given_up["queue"], given_up["priority"]) == ("impatient", 3)
        assert (given_up["skills"], given_up["data"]) == ({"sales": 6}, {"why": "in a hurry"})
        assert given_up["wait_ms"] >= 1_000
        assert likeness(script.sound("impatient", "nobody_free", "en"), await heard_by(floor, given_up)) > PLAYED


async def test_star_leads_back_and_zero_to_an_agent(floor: RunningCentre) -> None:
    async with staffed(floor, "1003") as phones:
        caller = await phones.dial("4000", number="100")
        await floor.fact("NodeEntered", node="language")
        await caller.press("2")
        await floor.fact("NodeEntered", node="greeting")
        await caller.press("*")
        await floor.fact("MenuAnswered", node="greeting", choice="*")
        await caller.press("0")
        leg = await phones["1003"].next_call()
        await leg.answer()
        await sees(floor, "1003", "talking")
        await caller.hang_up()
        record = await floor.record("100", recorded=False)
        assert (record["queue"], record["data"]) == ("support", {"topic": "not chosen"})
        assert [node for node, _ in choices(record)][2:] == ["language", "greeting", "language", "any_agent"]
