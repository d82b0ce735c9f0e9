"""A code that callers key with real keys: it is found nowhere afterwards, and the recording is silent as long as it was
keyed, whatever dies meanwhile.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from asyncinotify import Inotify, Mask

from cti.ami.client import AmiClient
from cti.ami.message import Message
from cti.simulation.call import Call
from cti.simulation.telephones import Keying, Telephones
from cti.simulation.tones import RATE
from tests.integration.centre_fixture import WAIT_S, RunningCentre
from tests.integration.floor_fixture import staffed, talk
from tests.integration.line import soon
from tests.integration.listening import PLAYED, likeness, seconds_of, sides, spoken

pytestmark = pytest.mark.integration

CODE = "73918426"
ACCOUNT = "4711"
STEP_S = 0.02
QUIET = 16
"""Of 32,767: what is left of silence when a recording is made smaller."""


@asynccontextmanager
async def overheard(floor: RunningCentre) -> AsyncIterator[list[Message]]:
    """Everything that Asterisk tells anybody over AMI: events of all classes, those included that no user of ours can
    read."""
    configuration = floor.settings.state / "asterisk/etc/manager.conf"
    with configuration.open("a") as file:
        file.write("\n[everything]\nsecret = x\nread = all\nwritetimeout = 5000\n")
    await floor.console("manager reload")
    events: list[Message] = []
    up = asyncio.Event()

    async def on_up() -> None:
        up.set()

    client = AmiClient(
        floor.settings.control,
        floor.settings.ami_port,
        "everything",
        "x",
        on_event=events.append,
        on_up=on_up,
        on_down=lambda _: None,
    )
    link = asyncio.create_task(client.run())
    try:
        await soon(up.wait())
        yield events
    finally:
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)


async def at_the_code(floor: RunningCentre, phones: Telephones, number: str, keying: Keying) -> tuple[Call, str]:
    """A caller who has keyed his account and is asked for his code: his call, and its linkedid."""
    caller = await phones.dial("4031", number=number, keying=keying)
    call = (await floor.fact("CallArrived", caller=number))["linkedid"]
    await floor.fact("NodeEntered", linkedid=call, node="account")
    await caller.answered()
    await caller.press(f"{ACCOUNT}#", key_ms=60, pause_ms=60)
    await says_yes(floor, caller, call)
    return caller, call


async def says_yes(floor: RunningCentre, caller: Call, call: str) -> None:
    """His account is right, and he is asked for his code."""
    while True:  # the first words of the reading back are heard out, and nobody is told when that is
        await caller.press("1")
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await floor.fact("RecordingPaused", linkedid=call, node="code", why="secret")
                return


async def listens(caller: Call, seconds: float) -> None:
    """So much of what he is told has come to him."""
    assert caller.audio
    wanted = caller.audio.received + seconds / STEP_S
    while caller.audio.received < wanted:
        await caller.audio.hears_something()


def silences(side: Sequence[int]) -> list[float]:
    """How long it is silent each time, in seconds, sound before and after it."""
    step = round(RATE * STEP_S)
    loud = [max(map(abs, side[start : start + step])) > QUIET for start in range(0, len(side) - step, step)]
    runs = [(sound, len(list(run)) * STEP_S) for sound, run in groupby(loud)]
    return [length for sound, length in runs[1:-1] if not sound and length > 0.5]


def files_with(folder: Path, digits: str) -> list[str]:
    """The files that hold these digits."""
    found = []
    for parent, _, names in os.walk(folder):
        for file in (Path(parent, name) for name in names):
            with suppress(FileNotFoundError):  # a data base's own file, gone meanwhile
                if file.is_file() and digits.encode() in file.read_bytes():
                    found.append(str(file.relative_to(folder)))
    return found


async def test_a_code_is_found_nowhere_and_its_time_is_silent_in_the_recording(floor: RunningCentre) -> None:
    async with staffed(floor, "1003", audio=True) as phones, overheard(floor) as events:
        records: list[dict[str, Any]] = []
        lasted_s: list[float] = []
        for number, keying in (("100", Keying.EVENTS), ("200", Keying.INFO)):
            caller, call = await at_the_code(floor, phones, number, keying)
            await listens(caller, 1.5)
            await caller.press(CODE, key_ms=60, pause_ms=60)
            await floor.fact("RecordingResumed", linkedid=call, node="code", why="keyed")
            leg = await phones["1003"].next_call()
            await talk(caller, leg)
            await leg.hang_up()
            await caller.ended()
            records.append(await floor.record(number))
            lasted_s.append(_paused_s(floor, call))
            await floor.post("/api/agents/1003/ready")
        shown = [await floor.get(f"/api/calls/{record['id']}") for record in records]

        assert [record["data"] for record in records] == [{"account": ACCOUNT}] * 2
        assert [step["choice"] for step in records[0]["ivr_path"] if step["node"] in ("account", "code")] == [
            "keyed"
        ] * 2
        digits = [event for event in events if event.event in ("DTMFBegin", "DTMFEnd")]
        assert len(digits) >= 3 * (len(ACCOUNT) + 2 + len(CODE))  # so the keys were real, and this hears everything
        assert {event.get("Privilege") for event in digits} == {"dtmf,all"}  # which none of our users reads
        said = [json.dumps(dict(event.headers)) for event in events if event not in digits]
        assert [one for one in said if CODE in one] == []
        spoken_of = [one for one in said if "RTPAUDIOQOS" not in one]  # whose numbers have any five digits now and then
        assert [one for one in spoken_of if CODE[:5] in one or CODE[-5:] in one] == []
        assert CODE not in json.dumps([floor.messages, records, shown])
        assert files_with(floor.settings.state, CODE) == []

        for record, lasted, keying in zip(records, lasted_s, (Keying.EVENTS, Keying.INFO), strict=True):
            caller_side, heard = sides(await floor.audio(record["id"]))
            silence = max(silences(caller_side))  # a busy machine may make a short one of its own
            question = spoken(_prompt(floor, "Now key your code, which nobody will see or hear."))
            assert likeness(question, heard) < PLAYED  # he was asked in the pause
            if keying is Keying.INFO:  # by events a phone tells keys instead of audio: nothing would be recorded
                assert silence == pytest.approx(lasted, abs=0.8)
            assert seconds_of(440, caller_side) > 1


@pytest.mark.parametrize("keying", Keying)
async def test_no_digit_is_lost_at_any_pace_and_too_many_are_no_answer(floor: RunningCentre, keying: Keying) -> None:
    async with staffed(floor, audio=True) as phones:
        caller = await phones.dial("4031", number="100", keying=keying)
        call = (await floor.fact("CallArrived", caller="100"))["linkedid"]
        await floor.fact("NodeEntered", linkedid=call, node="account")
        await caller.answered()
        await caller.press("1234567890" * 4, key_ms=20, pause_ms=0)  # the first of them ends the question
        await floor.fact("MenuAnswered", linkedid=call, node="account", choice="invalid")
        await caller.press("2468013579#", key_ms=60, pause_ms=60)
        await says_yes(floor, caller, call)
        await caller.press("0")  # no code begins so
        queued = await floor.fact("CallQueued", linkedid=call)
        assert queued["data"] == {"account": "2468013579"}
        assert (await floor.fact("RecordingResumed", linkedid=call))["why"] == "operator"
        await caller.hang_up()


async def test_who_keys_a_code_when_the_daemon_dies_is_recorded_again_and_asked_again(floor: RunningCentre) -> None:
    async with staffed(floor, audio=True) as phones:
        caller, _ = await at_the_code(floor, phones, "100", Keying.INFO)
        await listens(caller, 1.5)
        await caller.press(CODE[:4])
        async with floor.without_daemon():
            await listens(caller, 1.5)  # to the music of the plain queue
        await written(floor, "RecordingPaused", 2)
        await listens(caller, 1.5)
        await caller.press(CODE)
        await written(floor, "CallQueued", 1)
        await caller.hang_up()
        record = await floor.record("100")
        assert record["data"] == {"account": ACCOUNT}
        caller_side, _ = sides(await floor.audio(record["id"]))
        assert len(silences(caller_side)) >= 2  # with talk that is recorded between them
        assert files_with(floor.settings.state, CODE) == []


async def written(floor: RunningCentre, fact: str, times: int) -> None:
    """The journal has the fact so often: what a daemon states before somebody follows it is told to nobody else."""
    journal = floor.settings.journal
    with Inotify() as inotify:
        inotify.add_watch(journal, Mask.MODIFY)
        async with asyncio.timeout(WAIT_S):
            while journal.read_text("utf-8").count(f'"{fact}"') < times:
                await inotify.get()


def _paused_s(floor: RunningCentre, call: str) -> float:
    at_ms: dict[str, Any] = {
        message["fact"]: message["at_ms"]
        for message in floor.messages
        if message.get("linkedid") == call and message.get("fact") in ("RecordingPaused", "RecordingResumed")
    }
    return float(at_ms["RecordingResumed"] - at_ms["RecordingPaused"]) / 1000


def _prompt(floor: RunningCentre, text: str) -> Path:
    from ivr.flow.steps import Prompt
    from ivr.prompts import Prompts

    return Prompts(floor.settings.state / "sounds/prompts").file(Prompt(text, "en"))
