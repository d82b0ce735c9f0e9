"""The WebSocket at /api/live: who may watch, what he is told, what becomes of one who does not read."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from acd.facts import LinkChanged
from recording.identity import call_id
from tests.contract.fake_floor import BEARER, TOKEN, open_floor

pytestmark = pytest.mark.contract

CALL = "node1-1800000000.1"


async def until(socket: ClientWebSocketResponse, key: str) -> tuple[list[str], Any]:
    """The names of the facts on the way, and the next message that has `key`."""
    facts = []
    while key not in (message := await socket.receive_json()):
        facts.append(message["fact"])
    return facts, message[key]


async def test_the_first_message_is_the_token_and_the_first_answer_the_snapshot(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        web.arrives(CALL, caller_name='Zoë "周" <b>')
        socket = await web.watch()
        _, snapshot = await until(socket, "snapshot")
        assert [agent["state"] for agent in snapshot["agents"]] == ["ready", "signed_out", "signed_out"]
        assert [queue["name"] for queue in snapshot["queues"]] == ["sales", "support"]
        (call,) = snapshot["calls"]
        assert (call["id"], call["state"], call["caller_name"]) == (call_id(CALL), "ivr", 'Zoë "周" <b>')


async def test_the_token_may_come_in_the_header(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web, web.client.ws_connect("/api/live", headers=BEARER) as socket:
        assert "snapshot" in await socket.receive_json()


@pytest.mark.parametrize("first", ["wrong", "", TOKEN + "x", "\x00"])
async def test_a_wrong_token_closes_the_socket_and_nothing_is_told(tmp_path: Path, first: str) -> None:
    async with open_floor(tmp_path) as web, web.client.ws_connect("/api/live") as socket:
        await socket.send_str(first)
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert socket.close_code == 4401


async def test_who_goes_before_he_shows_a_token_disturbs_nobody(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        async with web.client.ws_connect("/api/live") as socket:
            await socket.close()
        assert len(web.floor.live) == 0


async def test_each_fact_is_told_and_then_the_rows_it_changed(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.sign_in("1001")
        socket = await web.watch()
        await until(socket, "snapshot")
        web.arrives(CALL)
        assert (await until(socket, "update"))[0] == ["CallArrived"]
        with web.waits(CALL):
            facts, update = await until(socket, "update")
            assert facts == ["CallQueued", "AgentStateChanged", "CallOffered"]
            assert [(agent["number"], agent["state"]) for agent in update["agents"]] == [("1001", "ringing")]
            assert {queue["name"]: queue["waiting"] for queue in update["queues"]} == {"sales": 1, "support": 0}
            (call,) = update["calls"]
            assert (call["state"], call["queue"], call["agent"]) == ("ringing", "sales", "1001")
            assert update["agents"][0]["call"] == call["id"]
        facts, update = await until(socket, "update")
        assert facts == ["AgentStateChanged", "OfferEnded", "CallDequeued"]
        assert [call["state"] for call in update["calls"]] == ["ivr"]


async def test_a_call_that_is_over_is_told_as_ended_and_then_as_a_record(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.arrives(CALL)
        socket = await web.watch()
        await until(socket, "snapshot")
        web.ends(CALL)
        _, update = await until(socket, "update")
        assert (update["calls"], update["ended"]) == ([], [call_id(CALL)])
        record = await web.remember("answered_agent_hangs_up")
        web.floor.live.on_record(f'{{"record":{record.model_dump_json()}}}')
        assert (await until(socket, "record"))[1] == record.model_dump(mode="json")


async def test_who_comes_between_a_fact_and_its_telling_sees_it_in_the_snapshot_only(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        with web.floor.live.watch() as early:
            web.arrives(CALL)
            with web.floor.live.watch() as late:
                snapshot = json.loads(await late.next())["snapshot"]
                assert [call["linkedid"] for call in snapshot["calls"]] == [CALL]
                web.ends(CALL)
                assert json.loads(await late.next())["fact"] == "CallEnded"
            told = [json.loads(await early.next()) for _ in range(4)]
        assert [message.get("fact") for message in told] == [None, "CallArrived", None, "CallEnded"]


async def test_a_name_in_no_encoding_is_shown_as_far_as_it_is_text(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        web.arrives(CALL, caller_name="M\udcfcller")
        socket = await web.watch()
        _, snapshot = await until(socket, "snapshot")
        assert snapshot["calls"][0]["caller_name"] == "M?ller"
        web.arrives("node1-1.2", caller_name="M\udcfcller")
        assert (await until(socket, "update"))[0] == ["CallArrived"]


async def test_a_watcher_who_does_not_read_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    async with open_floor(tmp_path, behind_at_most=50) as web:
        reader, sleeper = await web.watch(), await web.watch()
        await until(reader, "snapshot")
        await until(sleeper, "snapshot")
        while len(web.floor.live) > 1:  # what the sleeper does not read fills the network's buffers first
            web.floor.distributor.state(LinkChanged(at_ms=1, node="n" * 100_000, up=True))
            await until(reader, "update")
        web.floor.distributor.state(LinkChanged(at_ms=1, node="last", up=True))
        assert (await until(reader, "update"))[0] == ["LinkChanged"]
        async with asyncio.timeout(60):
            while (message := await sleeper.receive()).type is WSMsgType.TEXT:
                pass
        assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)


async def test_when_the_service_stops_it_says_goodbye(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        socket = await web.watch()
        await until(socket, "snapshot")
        stop = asyncio.create_task(web.client.server.close())
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert socket.close_code == 1001
        await stop
