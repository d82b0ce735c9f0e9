"""Asks other programs over HTTP what a flow wants to know of a caller: bounded in time and size, only at the addresses
that the machine's owner allows, and with his secrets.

A GET may be sent again: after a connection that failed or broke off, and after an answer of 500 to 599. A POST, which
may have had its effect, only if no connection was made. Redirects are followed for GET, three at most, each to an
allowed address; to another host go none of the flow's headers. No proxy, cookie or password is taken from anywhere.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from traceback import extract_tb
from urllib.parse import urljoin

import aiohttp
import structlog
from yarl import URL

from ivr.flow.expression_trees import Value
from ivr.look_ups.addresses import Address, AddressError, Allowed, parse_address
from ivr.look_ups.failures import Failure, LookUpFailed
from ivr.look_ups.json_texts import read
from ivr.look_ups.requests import OwnersSecret, Request

log = structlog.get_logger()

LARGEST = 65_536
"""Bytes of an answer."""
REDIRECTS = 3
AT_ONCE = 256
"""Connections at a time; who finds none free waits for one, within his own time."""
PAUSE_S = 0.1
"""Before another try."""

_MOVED = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, 307, 308}


class _Failed(Exception):
    """One try failed."""

    def __init__(self, failure: Failure, *, sent: bool) -> None:
        super().__init__(failure.value)
        self.failure, self.sent = failure, sent


class LookUps:
    """The client; `close` it at the end. `secrets` are the files in which they stand, by name."""

    def __init__(self, allowed: Allowed, secrets: Mapping[str, Path]) -> None:
        self._allowed = allowed
        self._secrets = secrets
        self._client: aiohttp.ClientSession | None = None

    async def ask(self, request: Request, into: Mapping[str, str]) -> Mapping[str, Value]:
        """The values of the answer at the paths of `into`, by name. Raises LookUpFailed, whatever happens."""
        try:
            async with asyncio.timeout(request.timeout_ms / 1000):
                return read(await self._answer(request), into)
        except TimeoutError:
            raise LookUpFailed(Failure.TIMED_OUT) from None
        except LookUpFailed:
            raise
        except Exception as error:  # its own words may hold what was asked
            at = extract_tb(error.__traceback__)[-1]
            kind, where = type(error).__name__, f"{at.name}:{at.lineno}"
            log.error("look-up-broken", error_id=Failure.INTERNAL.value, kind=kind, where=where)
            raise LookUpFailed(Failure.INTERNAL) from None

    async def close(self) -> None:
        """Break off what is under way."""
        if self._client is not None:
            await self._client.close()

    async def _answer(self, request: Request) -> bytes:
        headers = {name: "".join([await self._text(part) for part in parts]) for name, parts in request.headers}
        tries_left = request.retries
        while True:
            try:
                return await self._try(request, headers)
            except _Failed as error:
                if tries_left == 0 or (error.sent and request.method != "GET"):
                    raise LookUpFailed(error.failure) from None
            tries_left -= 1
            await asyncio.sleep(PAUSE_S)

    async def _text(self, part: str | OwnersSecret) -> str:
        if isinstance(part, str):
            return part
        try:
            secret = (await asyncio.to_thread(self._secrets[part.name].read_text, "utf-8")).strip()
            if not secret.isprintable():
                raise ValueError("a secret is one line of text")
            return secret
        except (KeyError, OSError, ValueError):
            log.error("look-up-secret-unreadable", error_id=Failure.SECRET_MISSING.value, secret=part.name)
            raise LookUpFailed(Failure.SECRET_MISSING) from None

    async def _try(self, request: Request, headers: Mapping[str, str]) -> bytes:
        url = request.url
        for _ in range(1 + REDIRECTS):
            before = self._require_allowed(url)
            answer = await self._send(request, headers, url)
            if isinstance(answer, bytes):
                return answer
            if request.method != "GET":
                break
            url = urljoin(url, answer)
            if self._require_allowed(url).origin != before.origin:
                headers = {}
        raise LookUpFailed(Failure.REDIRECTED)

    def _require_allowed(self, url: str) -> Address:
        try:
            address = parse_address(url)
        except AddressError:
            raise LookUpFailed(Failure.NOT_ALLOWED) from None
        if not self._allowed.allows(address):
            raise LookUpFailed(Failure.NOT_ALLOWED)
        return address

    async def _send(self, request: Request, headers: Mapping[str, str], url: str) -> bytes | str:
        """The answer's body, or where it has moved to."""
        own = {"Accept": "application/json", **headers, "Accept-Encoding": "identity"}  # an answer's size is what it is
        body = None if request.body is None else request.body.encode()
        if body is not None:
            own["Content-Type"] = "application/json"
        try:
            async with self._session.request(
                request.method, URL(url, encoded=True), headers=own, data=body, allow_redirects=False
            ) as response:
                if response.status in _MOVED:
                    return response.headers.get("Location", "")
                if not 200 <= response.status < 300:
                    if response.status < 500:
                        raise LookUpFailed(Failure.STATUS)
                    raise _Failed(Failure.STATUS, sent=True)
                return await _body(response)
        except aiohttp.ClientConnectorError:
            raise _Failed(Failure.UNREACHABLE, sent=False) from None
        except aiohttp.ClientError:
            raise _Failed(Failure.UNREACHABLE, sent=True) from None

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trust_env=False,
            )
        return self._client


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for some in response.content.iter_any():
        body += some
        if len(body) > LARGEST:
            raise LookUpFailed(Failure.TOO_LARGE)
    return bytes(body)
