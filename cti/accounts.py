"""The secrets of one instance: access token, AMI passwords, the demonstration's agents with their phones, phones added.

Made with a random generator, kept in the state folder in files that only their owner may read; only phones are added
later, and nothing is ever changed here.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

DEMONSTRATION: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "1001": ("Li Na", {"sales": 8, "support": 5}),
    "1002": ("Wang Wei", {"sales": 6}),
    "1003": ("Anna Berg", {"support": 8}),
    "1004": ("Tom Price", {"sales": 3, "support": 3}),
}


Content = TypeVar("Content", bound=BaseModel)


class AccountsError(Exception):
    """A file of secrets cannot be read or does not fit."""

    id = "accounts-invalid"


class Phone(BaseModel):
    """A SIP phone's account, and the agent whose number and name it shows as a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: Annotated[str, Field(pattern=r"^[0-9]{2,8}$")]
    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")]
    phone: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{2,32}$")]
    sip_password: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~!*+-]{8,64}$", repr=False)]


class Account(Phone):
    """An agent of the demonstration and the phone at his seat."""

    pin: Annotated[str, Field(pattern=r"^[0-9]{4,12}$", repr=False)]
    skills: Mapping[str, Annotated[int, Field(ge=1, le=10)]]


class Accounts(BaseModel):
    """What `accounts.json` holds: the demonstration's agents, and the phones added since."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agents: tuple[Account, ...]
    phones: tuple[Phone, ...] = ()


class AmiSecrets(BaseModel):
    """What `ami.json` holds: the passwords of the two AMI users."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    callcenter: str = Field(repr=False, pattern=r"^[A-Za-z0-9_-]{16,}$")
    monitor: str = Field(repr=False, pattern=r"^[A-Za-z0-9_-]{16,}$")


@dataclass(frozen=True, slots=True)
class Credentials:
    """All secrets of the instance."""

    token: str
    agents: tuple[Account, ...]
    ami: AmiSecrets
    added: tuple[Phone, ...] = ()

    @property
    def phones(self) -> tuple[Phone, ...]:
        """Every phone there is."""
        return *self.agents, *self.added

    def __repr__(self) -> str:
        return f"Credentials({len(self.agents)} agents)"


def provide_credentials(state: Path) -> Credentials:
    """The secrets in the state folder, made where they are missing; raises AccountsError, OSError."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_once(state / "token", secrets.token_urlsafe(32) + "\n")
    _make_once(state / "ami.json", _json({user: secrets.token_urlsafe(24) for user in AmiSecrets.model_fields}))
    _make_once(state / "accounts.json", _json({"agents": [_demonstration(number) for number in DEMONSTRATION]}))
    return load_credentials(state)


def load_credentials(state: Path) -> Credentials:
    """The secrets in the state folder; raises AccountsError."""
    token = _read(state / "token").strip()
    if not token:
        raise AccountsError(f"{state / 'token'}: empty; expected one line, the access token. Remove it for a new one")
    accounts = _parse(Accounts, state / "accounts.json")
    agents, phones = accounts.agents, (*accounts.agents, *accounts.phones)
    every = {"agent": [one.agent for one in agents], "phone": [one.phone for one in phones]}
    for key, names in every.items():
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise AccountsError(f"{state / 'accounts.json'}: {key} {', '.join(twice)} stands there more than once")
    ami = _parse(AmiSecrets, state / "ami.json")
    return Credentials(token=token, agents=accounts.agents, ami=ami, added=accounts.phones)


def add_phone(state: Path, *, phone: str, agent: str, name: str) -> str | None:
    """Make an account for a phone; its SIP password, or None where there is one. Raises AccountsError, OSError."""
    credentials = provide_credentials(state)
    if phone in {one.phone for one in credentials.phones}:
        return None
    added = Phone(agent=agent, name=name, phone=phone, sip_password=secrets.token_hex(12))
    accounts = Accounts(agents=credentials.agents, phones=(*credentials.added, added))
    temporary = _write_aside(state / "accounts.json", _json(accounts.model_dump()))
    os.replace(temporary, state / "accounts.json")
    return added.sip_password


def _demonstration(number: str) -> dict[str, Any]:
    name, skills = DEMONSTRATION[number]
    return {
        "agent": number,
        "name": name,
        "phone": number,
        "sip_password": secrets.token_hex(12),
        "pin": "".join(secrets.choice("0123456789") for _ in range(6)),
        "skills": skills,
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _make_once(path: Path, text: str) -> None:
    """Write the file unless it exists: whole or not at all, and never over another's."""
    if path.exists():
        return
    temporary = _write_aside(path, text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process was faster; its secrets hold
    finally:
        os.unlink(temporary)


def _write_aside(path: Path, text: str) -> str:
    """A file beside `path` with this text, whole and on the disk."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp: mode 600
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise AccountsError(f"{path}: missing; `callcenter run` makes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise AccountsError(f"{path}: cannot be read: {error}") from None


def _parse(kind: type[Content], path: Path) -> Content:
    try:
        return kind.model_validate_json(_read(path))
    except ValidationError as error:
        # Only places and rules: the values are secrets.
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}" for fault in error.errors())
        raise AccountsError(f"{path}: {'; '.join(faults)}") from None
