"""A report as a mail, and its sending. What is sent when is decided by recording.reports.schedule; this runs in a
command or in a process of its own, never in the daemon.
"""

import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from cti.mail_settings import MailSettings, Tls
from recording.reports import showing
from recording.reports.document import Layout, ReportDocument, Section
from recording.reports.paper import Paper
from recording.reports.rendering.page import page_of, page_of_paper
from recording.reports.rendering.text import text_of, text_of_paper
from recording.reports.tables import CHARTED
from recording.reports.words import say


class MailFailed(Exception):
    """A mail was not sent; `id` says why, `final` that it is no use to try again. The message names no address."""

    def __init__(self, error_id: str, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.id = error_id
        self.final = final


class NoMailServer(MailFailed):
    """No server is set."""

    def __init__(self) -> None:
        super().__init__("mail-not-set", "no mail server is set; expected [mail] with host and from in the settings")


def message_of(
    document: ReportDocument | Paper,
    recipient: str,
    sender: str,
    attached: Sequence[tuple[str, str, bytes]],
    seal: str,
    now: datetime,
    url: str = "",
) -> EmailMessage:
    """The mail: text, a page of the tables for programs that show it, and files, the whole as the first of them.
    `attached` are their names, media types and bytes; `seal` names the mail, the same however often it is made;
    `url` is where the API is reached, empty where that is not known."""
    language = document.language
    subject, text, page = _of_paper(document, url) if isinstance(document, Paper) else _of_report(document, url)
    mail = EmailMessage()
    mail["Subject"] = "".join(one if one.isprintable() else " " for one in f"{document.centre}: {subject}")
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = format_datetime(now)
    digest = sha256(f"{seal}\n{recipient}".encode()).hexdigest()[:40]
    mail["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    more = say("mail.attached", language, name=attached[0][0])
    mail.set_content(f"{text}\n{more}\n")
    mail.add_alternative(page, subtype="html")
    for name, media, body in attached:
        kind, _, subtype = media.partition(";")[0].partition("/")
        charset = {"charset": "utf-8"} if kind == "text" else {}  # else a program may guess
        mail.add_attachment(body, maintype=kind, subtype=subtype, filename=name, params=charset)
    return mail


def _of_report(document: ReportDocument, url: str) -> tuple[str, str, str]:
    """Its subject, its text, and a page of its tables."""
    language = document.language
    sections = tuple(one for one in map(_as_table, document.sections) if one.layout not in CHARTED)
    shown = document.model_copy(update={"sections": sections})
    when = showing.span(document.span, language)
    whose = showing.subject(document.subject, language)
    subject = say("mail.subject", language, title=document.title, subject=whose, when=when)
    return subject, text_of(shown), page_of(shown, url)


def _as_table(section: Section) -> Section:
    """The days of a forecast are few enough for their table."""
    return section.model_copy(update={"layout": Layout.TIMES}) if section.key == "forecast" else section


def _of_paper(paper: Paper, url: str) -> tuple[str, str, str]:
    return f"{paper.title}, {paper.when}", text_of_paper(paper, url), page_of_paper(paper, url)


async def send(settings: MailSettings, mail: EmailMessage) -> None:
    """Hand it to the server. Raises MailFailed."""
    if not settings.is_set:
        raise NoMailServer
    context = _context(settings)
    try:
        client = SMTP(
            hostname=settings.host,
            port=settings.reached_at,
            timeout=settings.timeout_s,
            use_tls=settings.tls is Tls.IMPLICIT,
            start_tls=False,
            tls_context=context,
        )
        async with client:
            if settings.tls is Tls.STARTTLS:
                await _begin_tls(client, context)
            if settings.user:
                await client.login(settings.user, _password(settings))
            await client.send_message(mail)
    except SMTPAuthenticationError as error:
        raise MailFailed("mail-login-refused", f"the server refuses user and password ({error.code})") from None
    except SMTPRecipientsRefused as error:
        codes = [one.code for one in error.recipients]
        raise MailFailed(
            "mail-recipient-refused", f"the server refuses the recipient ({codes[0]})", final=_lasting(codes[0])
        ) from None
    except SMTPSenderRefused as error:
        raise MailFailed("mail-sender-refused", f"the server refuses our address ({error.code})") from None
    except SMTPResponseException as error:
        raise MailFailed(
            "mail-refused", f"the server refuses the mail ({error.code})", final=_lasting(error.code)
        ) from None
    except (SMTPException, OSError, TimeoutError) as error:
        if _of_tls(error):
            raise MailFailed("mail-not-secret", "the server's certificate is not trusted, or TLS failed") from None
        raise MailFailed("mail-server-away", f"the server does not answer ({type(error).__name__})") from None


async def _begin_tls(client: SMTP, context: ssl.SSLContext | None) -> None:
    await client.ehlo()
    if not client.supports_extension("starttls"):
        raise MailFailed("mail-not-secret", "the server offers no STARTTLS; expected it, or another mail.tls")
    await client.starttls(tls_context=context)


def _of_tls(error: BaseException | None) -> bool:
    """Whether TLS was what failed: implicit TLS fails while connecting, and is told as that."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


def _lasting(code: int) -> bool:
    """RFC 5321, section 4.2.1: a 5yz answer is the same the next time."""
    return 500 <= code < 600


def _context(settings: MailSettings) -> ssl.SSLContext | None:
    if settings.tls is Tls.NONE:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca)
    except OSError:
        raise MailFailed("mail-certificates-missing", "the file of mail.ca cannot be read") from None


def _password(settings: MailSettings) -> str:
    assert settings.password is not None
    try:
        return settings.password.read_text("utf-8").strip()
    except OSError:
        raise MailFailed("mail-password-missing", "the file of mail.password cannot be read") from None
