"""The FastAGI server against strangers, slow peers, broken handlers and many calls at once: each alone pays."""

import asyncio
import socket
from collections.abc import MutableMapping, Sequence
from typing import Any

import pytest
from structlog.testing import capture_logs

from ivr.agi.codec import AgiLimits
from ivr.agi.errors import AgiCannotListen
from ivr.agi.server import AgiServer
from ivr.agi.session import AgiSession
from tests.contract.fake_agi import FakeAsterisk, calling, environment, serving

pytestmark = pytest.mark.contract

Logs = Sequence[MutableMapping[str, Any]]


async def answer(session: AgiSession) -> None:
    await session.answer()


def errors(logs: Logs) -> list[str]:
    return [line["error"] for line in logs]


async def a_call_is_served(server: AgiServer) -> None:
    async with calling(server.port) as asterisk:
        await asterisk.expect("ANSWER")
        asterisk.reply()
        await asterisk.closed()


async def test_a_call_reaches_the_handler_of_its_script() -> None:
    with capture_logs() as logs:
        async with serving(answer) as server:
            await a_call_is_served(server)
    assert errors(logs) == []


async def test_a_script_nobody_serves_is_closed_and_named_in_the_log() -> None:
    with capture_logs() as logs:
        async with serving(answer) as server, calling(server.port, "nonsense") as asterisk:
            await asterisk.closed()
    assert errors(logs) == ["agi-route-unknown"]
    assert "'nonsense'; expected one of: call" in logs[0]["detail"]


STRANGERS = [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "agi-protocol-error"),
    (bytes(range(256)), "agi-protocol-error"),
    (b"\n", "agi-protocol-error"),
    (b"x" * 2_000_000, "agi-limit-exceeded"),
    (b"agi_network: yes\n" + b"x\n" * 1_000_000, "agi-limit-exceeded"),
    (b"agi_network: yes\nagi_request: " + b"x" * 2_000_000, "agi-limit-exceeded"),
]


@pytest.mark.parametrize(("data", "error"), STRANGERS)
async def test_a_stranger_is_closed_and_logged_once_while_a_call_goes_on(data: bytes, error: str) -> None:
    with capture_logs() as logs:
        async with serving(answer) as server, calling(server.port) as asterisk:
            await asterisk.expect("ANSWER")
            stranger = await FakeAsterisk.connect(server.port)
            stranger.send(data)
            await stranger.closed()
            await stranger.close()
            asterisk.reply()
            await asterisk.closed()
            await a_call_is_served(server)
    assert errors(logs) == [error]


@pytest.mark.parametrize("said", [b"", b"agi_network: yes\n", environment().encode()[:100]])
async def test_a_peer_that_connects_and_closes_disturbs_nobody(said: bytes) -> None:
    with capture_logs() as logs:
        async with serving(answer) as server:
            peer = await FakeAsterisk.connect(server.port)
            peer.send(said)
            peer.end()
            await peer.closed()
            await peer.close()
            await a_call_is_served(server)
    assert errors(logs) == ["agi-truncated"]
    assert logs[0]["log_level"] == "info"


async def test_a_peer_that_resets_the_connection_disturbs_nobody() -> None:
    with capture_logs() as logs:
        async with serving(answer) as server:
            peer = await FakeAsterisk.connect(server.port)
            peer.cut()
            await a_call_is_served(server)
            await server.stop(grace_s=60)
    assert [(line["error"], line["log_level"]) for line in logs] == [("agi-connection-lost", "info")]


async def test_a_peer_that_does_not_finish_its_environment_is_closed() -> None:
    with capture_logs() as logs:
        async with serving(answer, environment_timeout_s=0.01) as server:
            peer = await FakeAsterisk.connect(server.port)
            peer.send(b"agi_network: yes\n")
            await peer.closed()
            await peer.close()
    assert errors(logs) == ["agi-environment-late"]
    assert "within 0.01 s" in logs[0]["detail"]


async def test_limits_are_settings_of_the_server() -> None:
    with capture_logs() as logs:
        async with serving(answer, limits=AgiLimits(environment_lines=5)) as server, calling(server.port) as asterisk:
            await asterisk.closed()
    assert errors(logs) == ["agi-limit-exceeded"]


async def test_a_handler_that_raises_closes_only_its_own_call_and_is_logged_with_its_uniqueid() -> None:
    async def handler(session: AgiSession) -> None:
        await session.answer()
        if session.environment.calleridname == "bad":
            raise LookupError("a fault of ours")

    with capture_logs() as logs:
        async with (
            serving(handler) as server,
            calling(server.port) as good,
            calling(server.port, calleridname="bad", uniqueid="node1-1.2") as bad,
        ):
            for asterisk in (good, bad):
                await asterisk.expect("ANSWER")
            bad.reply()
            await bad.closed()
            good.reply()
            await good.closed()
    assert errors(logs) == ["agi-handler-failed"]
    assert (logs[0]["uniqueid"], logs[0]["log_level"]) == ("node1-1.2", "error")


@pytest.mark.parametrize(
    ("fault", "error", "level"),
    [
        (FakeAsterisk.hang_up, "agi-hung-up", "info"),
        (FakeAsterisk.cut, "agi-connection-lost", "info"),
        (lambda asterisk: asterisk.reply("hello"), "agi-protocol-error", "warning"),
    ],
)
async def test_the_end_of_a_call_in_mid_flow_ends_its_handler(fault: Any, error: str, level: str) -> None:
    async def handler(session: AgiSession) -> None:
        await session.set_music(True)
        await session.while_up(asyncio.get_running_loop().create_future())

    with capture_logs() as logs:
        async with serving(handler) as server, calling(server.port) as asterisk:
            await asterisk.expect("SET MUSIC ON")
            asterisk.reply()
            fault(asterisk)
            await server.stop(grace_s=60)
    assert [(line["error"], line["log_level"]) for line in logs] == [(error, level)]


async def test_a_refused_command_is_logged_without_what_the_caller_said() -> None:
    async def handler(session: AgiSession) -> None:
        await session.set_variable("NAME", session.environment.calleridname)

    with capture_logs() as logs:
        async with serving(handler) as server, calling(server.port, calleridname="Ann\nHANGUP") as asterisk:
            await asterisk.closed()
    assert errors(logs) == ["agi-argument-refused"]
    assert "Ann" not in str(logs)


async def test_a_taken_port_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AgiCannotListen, match=f"127.0.0.1:{port}: Address already in use; expected") as caught:
            await AgiServer("127.0.0.1", port, {}).start()
    assert caught.value.id == "agi-cannot-listen"


async def test_a_server_that_stops_lets_calls_end_by_themselves() -> None:
    async with serving(answer) as server, calling(server.port) as asterisk:
        await asterisk.expect("ANSWER")
        stopping = asyncio.create_task(server.stop(grace_s=60))
        asterisk.reply()
        await asterisk.closed()
        await stopping
        with pytest.raises(ConnectionRefusedError):
            await FakeAsterisk.connect(server.port)


async def test_a_server_that_stops_ends_the_calls_that_do_not_end() -> None:
    cleaned_up = asyncio.Event()

    async def handler(session: AgiSession) -> None:
        try:
            await session.answer()
        finally:
            cleaned_up.set()

    async with serving(handler) as server, calling(server.port) as asterisk:
        await asterisk.expect("ANSWER")
        assert server.calls == 1
        await server.stop()
        await asterisk.closed()
        await server.stop()
        assert server.calls == 0
    assert cleaned_up.is_set()


async def test_commands_leave_at_once_and_a_dead_machine_is_noticed() -> None:
    options: list[int] = []

    async def handler(session: AgiSession) -> None:
        connection = session._wire._writer.get_extra_info("socket")
        options.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        options.append(connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))

    async with serving(handler) as server, calling(server.port) as asterisk:
        await asterisk.closed()
    assert options == [1, 1]


async def test_three_hundred_callers_come_at_once_and_each_is_served() -> None:
    async with serving(answer) as server:
        await asyncio.gather(*(a_call_is_served(server) for _ in range(300)))
        await server.stop(grace_s=60)
