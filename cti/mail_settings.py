"""Over which server reports are sent by mail, and as whom."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from cti.settings_table import SettingsTable

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""An address without its owner's name, as SMTP takes it everywhere (RFC 5321, section 4.1.2, quoted ones left out)."""


def mail_address(text: str) -> str:
    """The address; raises ValueError with what was expected."""
    if not ADDRESS.fullmatch(text):
        raise ValueError("expected an address such as reports@example.org")
    return text


class Tls(StrEnum):
    """How the connection is kept secret."""

    STARTTLS = "starttls"
    """Begun in clear, secret before anything is said (RFC 3207); refused where the server offers none."""
    IMPLICIT = "implicit"
    """Secret from the first byte (RFC 8314)."""
    NONE = "none"
    """In clear: only to a server on this machine or a wire of one's own."""


PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


class MailSettings(SettingsTable):
    """Nothing said: no mail is sent. `port` 0 is the usual one of the kind of TLS. `password` is a file that holds it;
    `ca` one of certificates, where the server's is signed by nobody whom this machine trusts."""

    EXAMPLE: ClassVar[str] = '{"host": "mail.example.org", "from": "reports@example.org"}'

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]*$")] = ""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    tls: Tls = Tls.STARTTLS
    sender: Annotated[str, Field(alias="from")] = ""
    user: str = ""
    password: Path | None = None
    ca: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 30

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        if self.host:
            mail_address(self.sender)
        if (self.password is not None) != bool(self.user):
            raise ValueError("expected user and the file of his password together, or neither")
        for file in (self.password, self.ca):
            if file is not None and not file.is_absolute():
                raise ValueError(f"the file {str(file)!r}: expected an absolute path")
        if self.user and self.tls is Tls.NONE and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a password is not sent in clear: expected tls starttls or implicit")
        return self

    @property
    def is_set(self) -> bool:
        """Whether mail can be sent."""
        return bool(self.host)

    @property
    def reached_at(self) -> int:
        """The port in force."""
        return self.port or PORTS[self.tls]

    def __str__(self) -> str:
        return self.model_dump_json()


MailTable = Annotated[MailSettings, BeforeValidator(MailSettings.parse)]
MailAddress = Annotated[str, AfterValidator(mail_address)]
