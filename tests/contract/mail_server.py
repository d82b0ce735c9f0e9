"""An SMTP server that is not ours (aiosmtpd) on loopback: with or without STARTTLS and login, keeping what it takes."""

import asyncio
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

USER, PASSWORD = "reports", "let me send"


@dataclass
class MailServer:
    """What it took; `refuses` are recipients that it does not know, `later` those for whom it has no room now."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        """Whether it knows him."""
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        if address in self.later:
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        """Keep it."""
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        self.taken.set()
        return "250 taken"


@asynccontextmanager
async def mail_server(
    authority: trustme.CA | None = None, *, login: bool = False, port: int = 0, implicit: bool = False
) -> AsyncIterator[MailServer]:
    """With an authority it demands STARTTLS, with a certificate for localhost of that authority; or, `implicit`, speaks
    TLS from the first byte."""
    kept = MailServer()
    context = None
    if authority is not None:
        import ssl

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a login without STARTTLS: of implicit TLS it does not know
            return SMTP(
                kept,
                hostname="mail.test",
                tls_context=None if implicit else context,
                require_starttls=context is not None and not implicit,
                auth_required=login,
                auth_require_tls=context is not None and not implicit,
                authenticator=check,
                enable_SMTPUTF8=True,
                loop=asyncio.get_running_loop(),
            )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", port, ssl=context if implicit else None
    )
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()
        await server.wait_closed()


def password_file(folder: Path, text: str = PASSWORD) -> Path:
    """A file that holds it."""
    file = folder / "mail-password"
    file.write_text(f"{text}\n")
    return file
