"""The AMI link that stays: it connects, logs in, waits until Asterisk has started, and comes back after every loss.

It decides when the link is up and down. What happened meanwhile it cannot know: AMI replays nothing, so the owner takes
a snapshot in `on_up`; and it replays nothing itself: an action belongs to the connection it was sent on.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping

import structlog

from cti.ami.backoff import delays_s
from cti.ami.codec import Headers
from cti.ami.connection import Connection
from cti.ami.errors import AmiError, AmiLinkLost, AmiLoginRefused, AmiNotBooted, AmiRefused, AmiUnreachable
from cti.ami.message import Message

log = structlog.get_logger()

# A link that lived this long was a good one: the next attempt starts from the shortest delay again.
GOOD_LINK_S = 5.0


class AmiClient:
    """A client of one Asterisk's manager interface.

    `on_event` is called with every event that is not part of a list somebody collects, in the order of the stream; it
    must not block. `on_up` runs beside the stream after each login, once Asterisk has said `FullyBooted`: before,
    actions of modules still to be loaded are unknown commands. (The user needs the read class "system" for that event.)
    It may use all actions, is called again after a while if it fails, and is cancelled when the link is lost; then
    `on_down` is called with the reason. What these three raise is logged and disturbs nothing else.

    `heartbeat_s` is the silence after which Asterisk is asked for a sign of life; it has as long again to give one.
    `answer_s` limits the wait for each answer. Originate must be sent with `Async: true`: Asterisk serves a session's
    actions in turn and says nothing else while one of them takes its time.
    """

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        on_event: Callable[[Message], None],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[AmiError], None],
        heartbeat_s: float = 5.0,
        answer_s: float = 10.0,
        connect_s: float = 5.0,
        boot_s: float = 120.0,
        backoff: Callable[[], Iterator[float]] = delays_s,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.trouble: AmiError | None = None  # why the link is not up, as far as known
        self._host, self._port = host, port
        self._username, self._secret = username, secret
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._heartbeat_s, self._answer_s = heartbeat_s, answer_s
        self._connect_s, self._boot_s = connect_s, boot_s
        self._backoff = backoff
        self._tls = tls
        self._connection: Connection | None = None

    @property
    def up(self) -> bool:
        """Whether actions can be sent now."""
        return self._connection is not None and self._connection.reason is None

    async def action(
        self, name: str, headers: Headers | None = None, variables: Mapping[str, str] | None = None
    ) -> Message:
        """Send an action and return Asterisk's response.

        Raises AmiRefused (Asterisk says no), AmiHeaderRefused (not sent), AmiLinkLost and AmiTimeout (the action may or
        may not have been carried out).
        """
        [response] = await self._link_for(name).ask(name, headers, variables, is_list=False)
        return response

    async def collect(self, name: str, headers: Headers | None = None) -> list[Message]:
        """Send an action that answers with a list (`EventList: start` … `Complete`) and return its events.

        Raises as `action` does.
        """
        return await self._link_for(name).ask(name, headers, is_list=True)

    def post(self, name: str, headers: Headers | None = None) -> None:
        """Send an action without waiting for its answer; a refusal by Asterisk is logged.

        Raises AmiHeaderRefused and AmiLinkLost; in both cases nothing was sent.
        """
        self._link_for(name).post(name, headers)

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        loop = asyncio.get_running_loop()
        delays = self._backoff()
        while True:
            started_at = loop.time()
            error = await self._run_once()
            if str(error) != str(self.trouble):  # an Asterisk that is away is one line in the log, not one an attempt
                log.warning("ami link down", error_id=error.id, reason=str(error), host=self._host, port=self._port)
            self.trouble = error
            if loop.time() - started_at >= GOOD_LINK_S:
                delays = self._backoff()
            await asyncio.sleep(next(delays))

    def _link_for(self, action: str) -> Connection:
        if self._connection is None:
            raise AmiLinkLost(f"action {action} was not sent: no link to Asterisk at {self._host}:{self._port}")
        return self._connection

    async def _run_once(self) -> AmiError:
        """Serve one connection from its first byte to its last. Returns why it ended."""
        connection = Connection(self._on_event, heartbeat_s=self._heartbeat_s, answer_s=self._answer_s)
        try:
            await self._log_in(connection)
            await self._wait_for_boot(connection)
            return await self._serve(connection)
        except AmiError as error:
            return error
        finally:
            await connection.end()

    async def _log_in(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_s):
                await loop.create_connection(lambda: connection, self._host, self._port, ssl=self._tls)
                await connection.greeted.wait()  # the secret is for Asterisk only
                await connection.ask("Login", {"Username": self._username, "Secret": self._secret}, is_list=False)
        except AmiRefused as refusal:
            raise AmiLoginRefused(f"Asterisk refused the login of user {self._username!r}: {refusal.message}") from None
        except AmiLinkLost as lost:
            raise connection.reason or lost from None
        except TimeoutError:
            raise AmiUnreachable(f"no banner and login within {self._connect_s} s") from None
        except OSError as error:
            raise AmiUnreachable(str(error)) from None

    async def _wait_for_boot(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(self._boot_s):
                await connection.booted.wait()
        except TimeoutError:
            raise AmiNotBooted(
                f"no FullyBooted event within {self._boot_s} s of the login: Asterisk is still starting, or "
                f'manager.conf does not give user {self._username!r} the read class "system"'
            ) from None
        if connection.reason is not None:
            raise connection.reason

    async def _serve(self, connection: Connection) -> AmiError:
        self._connection, self.trouble = connection, None
        log.info("ami link up", host=self._host, port=self._port)
        up = asyncio.create_task(self._tell_up(), name="ami-on-up")
        try:
            await connection.lost.wait()
        finally:
            self._connection = None
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
        reason = connection.reason or AmiLinkLost("the connection was lost")
        try:
            self._on_down(reason)
        except Exception:
            log.exception("ami owner failed", error_id="ami-callback-failed", callback="on_down")
        return reason

    async def _tell_up(self) -> None:
        for delay_s in self._backoff():
            try:
                await self._on_up()
                return
            except AmiLinkLost as lost:
                log.info("ami owner interrupted", error_id=lost.id, callback="on_up")
                return  # the owner is told again after the next login
            except Exception:
                log.exception("ami owner failed", error_id="ami-callback-failed", callback="on_up")
            await asyncio.sleep(delay_s)
