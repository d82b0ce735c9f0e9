"""The addresses that flows may ask: which are on the list of the machine's owner, and how a call's values are put into
one. A value stands in one segment of the path or in the query, percent-encoded; it can change neither the host nor the
form of the path. (RFC 3986; only http and https, without user and password, without fragment.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from ivr.flow.evaluation import Data, as_text
from ivr.flow.templates import Literal, Template
from ivr.look_ups.failures import Failure, LookUpFailed

LONGEST = 4_000
"""Characters of an address with its values, encoded."""

PORTS = {"http": 80, "https": 443}

_ADDRESS = re.compile(r"(?P<scheme>[^:/?#]*)://(?P<authority>[^/?#]*)(?P<path>[^?#]*)(?P<query>\?[^#]*)?", re.DOTALL)
_AUTHORITY = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_PATH = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*")
_QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
_CLIMBING = {".", ".."}


class AddressError(ValueError):
    """The text is no address that can be asked."""

    id = "address-invalid"

    def __init__(self, wrong: str, expected: str) -> None:
        super().__init__(f"{wrong} (expected {expected})")
        self.wrong, self.expected = wrong, expected


@dataclass(frozen=True, slots=True)
class Address:
    """An address, its host in small letters, its port always said, its path never empty."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom it asks."""
        return self.scheme, self.host, self.port

    def __str__(self) -> str:
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}{self.query}"


def parse_address(text: str) -> Address:
    """The address of a text. Raises AddressError."""
    found = _ADDRESS.fullmatch(text)
    if found is None or found["scheme"].lower() not in PORTS:
        raise AddressError(f'"{_short(text)}" is no address', "http://… or https://…, without #")
    if "@" in found["authority"]:
        raise AddressError("a user or a password stands in the address", "a secret in a header")
    authority = _AUTHORITY.fullmatch(found["authority"])
    if authority is None or not 1 <= int(authority["port"] or 1) <= 65_535:
        raise AddressError(f'"{_short(found["authority"])}" is no host', "a host's name, and perhaps :port")
    path, query = found["path"] or "/", found["query"] or ""
    if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query):
        raise AddressError("the address has characters that cannot stand there", "others as %xx")
    if any(step in _CLIMBING for segment in path.split("/") for step in re.split(r"[/\\]", unquote(segment))):
        raise AddressError('"." or ".." climbs in the path', "the path itself")
    scheme = found["scheme"].lower()
    return Address(scheme, authority["host"].lower(), int(authority["port"] or PORTS[scheme]), path, query)


@dataclass(frozen=True, slots=True)
class Allowed:
    """The list: what begins like one of these may be asked. A prefix ends where a segment of the path does."""

    prefixes: tuple[Address, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "Allowed":
        """Raises AddressError."""
        prefixes = tuple(parse_address(text) for text in texts)
        if any(prefix.query for prefix in prefixes):
            raise AddressError("a query stands in an allowed prefix", "scheme, host, and perhaps a path")
        return cls(prefixes)

    def allows(self, address: Address) -> bool:
        """Whether the address may be asked."""
        return any(prefix.origin == address.origin and _begins(address.path, prefix.path) for prefix in self.prefixes)

    def __str__(self) -> str:
        return ", ".join(map(str, self.prefixes)) or "none"


ALLOWED_NOWHERE = Allowed()


def _begins(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def require_allowed(template: Template, allowed: Allowed) -> None:
    """Raises AddressError for the template of an address that is none, whose values could stand in the host, or which
    is not on the list whatever its values are."""
    match template.parts:
        case (Literal(text), *more):
            if more and not re.match(r"[^:/?#]*://[^/?#]*[/?]", text):
                raise AddressError("a value stands in the host", "the host itself, and a / behind it")
        case _:
            raise AddressError("a value stands where the host should", "http://… or https://…")
    address = parse_address(_filled(template, "x"))
    written = _ADDRESS.fullmatch(_filled(template, "\0"))  # a sign that no prefix has, where values will stand
    if written is None or not allowed.allows(replace(address, path=written["path"] or "/")):
        raise AddressError("this address is not allowed here", f"one that begins with: {allowed} (callcenter.toml)")


def fill(template: Template, data: Data) -> str:
    """The address with a call's values. Raises LookUpFailed (ADDRESS_UNFIT): a value that stands in the path is empty,
    climbs in it or has control characters, or the whole is too long."""
    text, in_query = "", False
    for part in template.parts:
        if isinstance(part, Literal):
            text += part.text
            in_query = in_query or "?" in part.text
            continue
        value = as_text(part.expression.value(data))
        if not in_query and (not value or not value.isprintable()):
            raise LookUpFailed(Failure.ADDRESS_UNFIT)
        text += quote(value, safe="", errors="replace")
    try:
        parse_address(text)
    except AddressError:
        raise LookUpFailed(Failure.ADDRESS_UNFIT) from None
    if len(text) > LONGEST:
        raise LookUpFailed(Failure.ADDRESS_UNFIT)
    return text


def _filled(template: Template, value: str) -> str:
    return "".join(part.text if isinstance(part, Literal) else value for part in template.parts)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
