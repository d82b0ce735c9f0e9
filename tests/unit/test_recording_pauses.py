"""Pauses come to an end, whoever forgets them: with the conversation, after a while, and after a restart of ours."""

import asyncio
import json
from pathlib import Path

import pytest

from acd.distributor import Distributor
from acd.errors import NotInConversation
from acd.facts import Fact, RecordingPaused, RecordingResumed, to_json
from acd.recording_facts import UNSEEN, Written
from cti.recording_pauses import CallPauses, NotPaused, PauseNotConfirmed, open_pauses
from recording.standing import standing
from tests.unit.running_floor import Told, distributor, enter
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.unit

CALL = "node1-1.0"
CUSTOMER = "node1-1.1"


class Monitors:
    """Asterisk's recordings; those named are silent. The first `deaf` orders are not confirmed."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.marked: set[str] = set()
        self.deaf = 0

    async def pause(self, channel: str) -> bool:
        if confirmed := self._confirms():
            self.silent.add(channel)
        return confirmed

    async def resume(self, channel: str) -> bool:
        if confirmed := self._confirms():
            self.silent.discard(channel)
        return confirmed

    def written(self, linkedid: str) -> Written:
        return UNSEEN

    async def mark(self, channel: str, paused: bool) -> None:
        (self.marked.add if paused else self.marked.discard)(channel)

    def _confirms(self) -> bool:
        self.deaf -= 1
        return self.deaf < 0


class Scene:
    """1001 talks with the caller of CALL."""

    def __init__(self) -> None:
        self.floor: Distributor = distributor("1001")
        self.monitors = Monitors()
        self.channels = {CALL: CALL, CUSTOMER: CALL, "node1-2.0": "node1-2.0"}
        self.pauses = CallPauses(self.monitors, self.floor, lambda: self.channels, limit_s=300)
        self.told = Told()
        self.floor.on_fact.append(self.told)
        enter(self.floor, CALL)
        with self.floor.command() as (router, now_ms):
            router.answered(CALL, now_ms=now_ms)

    def hangs_up(self) -> None:
        with self.floor.command() as (router, now_ms):
            router.released(CALL, now_ms=now_ms)

    def resumptions(self) -> list[tuple[str, str]]:
        return [(fact.by, fact.why) for fact in self.told.facts if isinstance(fact, RecordingResumed)]


@in_virtual_time
async def test_every_channel_of_the_call_is_silent_and_no_other() -> None:
    scene = Scene()
    await scene.pauses.pause(CALL, "agent:1001", "card")
    assert scene.monitors.silent == scene.monitors.marked == {CALL, CUSTOMER}
    await scene.pauses.resume(CALL, "agent:1001", "done")
    assert scene.monitors.silent == scene.monitors.marked == set()
    with pytest.raises(NotPaused):
        await scene.pauses.resume(CALL, "agent:1001", "done")


@in_virtual_time
async def test_a_pause_ends_with_the_conversation() -> None:
    scene = Scene()
    await scene.pauses.pause(CALL, "agent:1001", "card")
    scene.hangs_up()
    await asyncio.sleep(0.1)
    assert scene.monitors.silent == set()
    assert scene.resumptions() == [("system", "released")]
    with pytest.raises(NotInConversation):
        await scene.pauses.pause(CALL, "agent:1001", "card")
    await asyncio.sleep(1_000)
    assert scene.resumptions() == [("system", "released")]


@in_virtual_time
async def test_a_pause_ends_after_a_while_though_asterisk_is_away_at_first() -> None:
    scene = Scene()
    await scene.pauses.pause(CALL, "agent:1001", "card")
    await asyncio.sleep(299)
    assert scene.monitors.silent
    scene.monitors.deaf = 3
    await asyncio.sleep(1.5)
    assert scene.monitors.silent
    await asyncio.sleep(5)
    assert scene.monitors.silent == set()
    assert scene.resumptions() == [("system", "limit")]


@in_virtual_time
async def test_a_pause_that_is_not_confirmed_is_none() -> None:
    scene = Scene()
    scene.monitors.deaf = 1
    with pytest.raises(PauseNotConfirmed):
        await scene.pauses.pause(CALL, "agent:1001", "card")
    assert scene.pauses.under_way == {}
    assert scene.monitors.silent == set()
    scene.channels.clear()
    with pytest.raises(PauseNotConfirmed):
        await scene.pauses.pause(CALL, "agent:1001", "card")
    assert not any(isinstance(fact, RecordingPaused) for fact in scene.told.facts)


def fact(kind: type[RecordingPaused | RecordingResumed], by: str, linkedid: str = CALL, at_ms: int = 0) -> Fact:
    return kind(at_ms=at_ms, linkedid=linkedid, node="", why="card", by=by)


@in_virtual_time
async def test_after_a_restart_an_open_pause_goes_on_for_the_rest_of_its_time(tmp_path: Path) -> None:
    scene = Scene()
    journal = tmp_path / "facts.jsonl"
    began_ms = scene.floor.clock.now_ms() - 200_000
    journal.write_text(json.dumps(to_json(fact(RecordingPaused, "agent:1001", at_ms=began_ms))) + "\n")
    scene.monitors.silent = {CALL}
    scene.pauses.restore(standing(journal))
    scene.pauses.look()
    await asyncio.sleep(99)
    assert scene.monitors.silent
    await asyncio.sleep(2)
    assert scene.monitors.silent == set()


@in_virtual_time
async def test_after_a_restart_the_pause_of_a_conversation_that_is_over_ends_at_once(tmp_path: Path) -> None:
    scene = Scene()
    journal = tmp_path / "facts.jsonl"
    began_ms = scene.floor.clock.now_ms()
    journal.write_text(json.dumps(to_json(fact(RecordingPaused, "agent:1001", at_ms=began_ms))) + "\n")
    scene.hangs_up()
    scene.pauses.restore(standing(journal))
    scene.pauses.look()
    await asyncio.sleep(0.1)
    assert scene.resumptions() == [("system", "released")]


def test_open_pauses_are_those_of_people_without_an_end() -> None:
    said = [
        fact(RecordingPaused, "agent:1001", "a"),
        fact(RecordingResumed, "agent:1001", "a"),
        fact(RecordingPaused, "api:crm", "b"),
        fact(RecordingPaused, "flow", "c"),
    ]
    lines = [json.dumps(to_json(one)).encode() for one in said]
    assert list(open_pauses([*lines, b'torn "RecordingPaused"', b"\n"])) == ["b"]
