"""Programs are asked over HTTP: whatever they answer, or do not, a call gets values or is told why there are none."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from cti.look_ups import LARGEST, LookUps
from ivr.flow.expressions import Value
from ivr.look_ups.addresses import Allowed
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.requests import Header, OwnersSecret, Request
from tests.contract.programs_asked import Answer, Program, program, reply

pytestmark = pytest.mark.contract

LONG_MS = 20_000
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@asynccontextmanager
async def asking(*allowed: str, secrets: Mapping[str, Path] | None = None) -> AsyncIterator[LookUps]:
    """A client that may ask these."""
    look_ups = LookUps(Allowed.parse(allowed), secrets or {})
    try:
        yield look_ups
    finally:
        await look_ups.close()


async def ask(one: Program, path: str = "/a", /, timeout_ms: int = LONG_MS, **given: object) -> Mapping[str, Value]:
    """What the program answers at $.x."""
    async with asking(one.url) as look_ups:
        request = Request(**{"method": "GET", "url": one.url + path, "timeout_ms": timeout_ms, **given})  # type: ignore[arg-type]
        return await look_ups.ask(request, {"x": "$.x"})


async def failure(*answers: Answer, timeout_ms: int = LONG_MS, **given: object) -> tuple[Failure, int]:
    """Why nothing came of it, and how often the program was asked."""
    async with program(*answers) as one:
        with pytest.raises(LookUpFailed) as caught:
            await ask(one, timeout_ms=timeout_ms, **given)
        return caught.value.failure, len(one.asked)


async def test_a_program_is_asked_as_the_request_says_and_its_values_are_exact(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    headers: tuple[Header, ...] = (("X-Key", ("Bearer ", OwnersSecret("crm"))), ("X-Name", ("王",)))
    async with (
        program(reply('{"x": 12.10, "y": true}')) as one,
        asking(one.url, secrets={"crm": tmp_path / "key"}) as it,
    ):
        request = Request("POST", f"{one.url}/a%2Fb?q=%26", headers, '{"n": 1}', LONG_MS)
        assert await it.ask(request, {"due": "$.x", "vip": "$.y"}) == {"due": Decimal("12.10"), "vip": True}
        (asked,) = one.asked
    assert (asked.method, asked.target, asked.body) == ("POST", "/a%2Fb?q=%26", '{"n": 1}')
    assert asked.headers["x-key"] == "Bearer s3cret"
    assert asked.headers["x-name"] == "王"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["accept-encoding"] == "identity"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (reply(status="404 Not Found"), Failure.STATUS),
        (reply("<html>"), Failure.NOT_JSON),
        (reply('{"y": 1}'), Failure.VALUE_MISSING),
        (reply('{"x": {}}'), Failure.VALUE_UNFIT),
        (reply('{"x": "' + "a" * LARGEST + '"}'), Failure.TOO_LARGE),
        (CHUNKED + b"ffff\r\n" + b"a" * 65_535 + b"\r\n3\r\naaa\r\n0\r\n\r\n", Failure.TOO_LARGE),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b" " * 10_000_000), Failure.NOT_JSON),
        (b"nonsense\r\n\r\n", Failure.UNREACHABLE),
        (b"", Failure.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", Failure.UNREACHABLE),
        (reply(status="302 Found", Location="/b"), Failure.REDIRECTED),
        (reply(status="302 Found", Location="http://127.0.0.1:1/b"), Failure.NOT_ALLOWED),
        (reply(status="302 Found", Location="file:///etc/passwd"), Failure.NOT_ALLOWED),
        (reply(status="302 Found"), Failure.REDIRECTED),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_a_failure_that_says_why(answer: bytes, why: Failure) -> None:
    assert (await failure(answer))[0] is why


async def test_a_program_that_hangs_is_given_up_in_time() -> None:
    assert (await failure(None, timeout_ms=200, retries=3))[0] is Failure.TIMED_OUT


async def test_a_program_is_let_go_when_nobody_waits_for_it_any_more() -> None:
    async with program(None) as one:
        asked = asyncio.ensure_future(ask(one))
        await one.came.wait()
        asked.cancel()
        await one.gone.wait()


async def test_a_program_that_drips_is_given_up_in_time() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(1):
                writer.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        one = Program(port=server.sockets[0].getsockname()[1])
        with pytest.raises(LookUpFailed) as caught:
            await ask(one, timeout_ms=100)
    assert caught.value.failure in (Failure.TIMED_OUT, Failure.UNREACHABLE)


async def test_a_get_is_sent_again_after_a_fault_of_the_program_or_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.look_ups.PAUSE_S", 0)
    async with program(b"", reply(status="503 Busy"), reply('{"x": 1}')) as one:
        assert await ask(one, retries=2) == {"x": 1}
        assert len(one.asked) == 3
    assert await failure(reply(status="500 Oops"), retries=2) == (Failure.STATUS, 3)
    assert await failure(reply(status="404 No"), retries=2) == (Failure.STATUS, 1)
    assert await failure(reply("<"), retries=2) == (Failure.NOT_JSON, 1)


async def test_a_post_that_may_have_had_its_effect_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.look_ups.PAUSE_S", 0)
    for answer, why in (
        (b"", Failure.UNREACHABLE),
        (reply(status="503 Busy"), Failure.STATUS),
        (reply(status="307 Moved", Location="/b"), Failure.REDIRECTED),
    ):
        assert await failure(answer, method="POST", body="{}", retries=3) == (why, 1)


async def test_nobody_at_the_address_is_a_failure_and_asked_again() -> None:
    async with program() as one:
        pass
    with pytest.raises(LookUpFailed) as caught:
        await ask(one, method="POST", body="{}", retries=1)
    assert caught.value.failure is Failure.UNREACHABLE


async def test_redirects_are_followed_within_what_is_allowed_and_headers_stay_at_their_host() -> None:
    headers = (("X-Key", ("k",)),)
    async with program(reply('{"x": 2}')) as other:
        moved = reply(status="302 Found", Location=f"{other.url}/c")
        async with program(reply(status="301 Moved", Location="b?y=1"), moved) as one, asking(one.url, other.url) as it:
            assert await it.ask(Request("GET", f"{one.url}/d/a", headers, None, LONG_MS), {"x": "$.x"}) == {"x": 2}
            assert [asked.target for asked in one.asked] == ["/d/a", "/d/b?y=1"]
            assert [asked.headers.get("x-key") for asked in [*one.asked, *other.asked]] == ["k", "k", None]


async def test_what_is_not_allowed_is_not_asked_whatever_the_flow_was_checked_against() -> None:
    async with program() as one, asking(f"{one.url}/api/") as look_ups:
        for path in ("/other", "/api/../other", "/api/%2e%2e/other", "/api"):
            with pytest.raises(LookUpFailed) as caught:
                await look_ups.ask(Request("GET", one.url + path), {})
            assert caught.value.failure is Failure.NOT_ALLOWED
        assert one.asked == []


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
async def test_no_proxy_of_the_environment_hears_of_it(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    async with program(reply('{"x": 1}')) as one, program() as proxy:
        monkeypatch.setenv(variable, proxy.url)
        assert await ask(one) == {"x": 1}
        assert proxy.asked == []


@pytest.mark.parametrize("written", [None, b"\xff", b"one\r\nX-Evil: two"])
async def test_a_secret_that_cannot_be_read_is_a_failure(tmp_path: Path, written: bytes | None) -> None:
    if written is not None:
        (tmp_path / "key").write_bytes(written)
    async with program() as one, asking(one.url, secrets={"crm": tmp_path / "key"}) as look_ups:
        for name in ("crm", "unheard_of"):
            with pytest.raises(LookUpFailed) as caught:
                await look_ups.ask(Request("GET", one.url, (("X", (OwnersSecret(name),)),)), {})
            assert caught.value.failure is Failure.SECRET_MISSING
        assert one.asked == []


async def test_a_fault_of_ours_is_logged_without_what_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    async with program() as one, asking(one.url) as look_ups:
        headers: tuple[Header, ...] = (("X-Key", ("s3cret\n4711",)),)
        with pytest.raises(LookUpFailed) as caught:
            await look_ups.ask(Request("GET", f"{one.url}/13800138000", headers), {})
        assert caught.value.failure is Failure.INTERNAL
        assert one.asked == []
    told = "".join(capsys.readouterr())
    assert "look-up-internal" in told
    assert not any(secret in told for secret in ("s3cret", "4711", "13800138000"))


async def test_three_hundred_callers_are_asked_about_at_the_same_time() -> None:
    async with program(reply('{"x": 1}')) as one, asking(one.url) as look_ups:
        requests = (
            look_ups.ask(Request("GET", f"{one.url}/{n}", timeout_ms=LONG_MS), {"x": "$.x"}) for n in range(300)
        )
        assert await asyncio.gather(*requests) == [{"x": 1}] * 300
    assert len({asked.target for asked in one.asked}) == 300
