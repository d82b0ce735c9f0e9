"""What one instance is told about its machine: addresses, ports, folders, programs.

A TOML file (`callcenter.toml` in the clone, or the one named by CALLCENTER_SETTINGS) holds the settings by their names
below; a variable CALLCENTER_<NAME> overrides each. What the centre is (queues, flows, numbers) is not decided here but
under `dialplans/`.
"""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from cti.mail_settings import MailSettings, MailTable
from cti.recording_settings import RecordingSettings, RecordingTable
from cti.settings_table import SettingsTable
from cti.voices_settings import Voices, as_variable, spoken
from ivr.look_ups.addresses import Allowed
from ivr.look_ups.check import Rules
from ivr.prompts.voices import AnyVoice
from recording.reconcile.rows import CALLS, MASTER

HOME = Path(__file__).resolve().parent.parent
"""The clone: relative paths of the file and the defaults count from here."""

PREFIX = "CALLCENTER_"
FILE_VARIABLE = "CALLCENTER_SETTINGS"


class SettingsError(Exception):
    """The settings cannot be used; `problems` has one sentence for each fault."""

    id = "settings-invalid"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PortRange(BaseModel):
    """UDP ports for audio, both ends included. A call leg takes an even port and the odd one above it."""

    model_config = ConfigDict(frozen=True)

    first: int
    last: int

    @classmethod
    def parse(cls, value: object) -> object:
        """ "20000-20999" → the range; raises ValueError with what was expected."""
        if not isinstance(value, str):
            return value
        first, _, last = value.partition("-")
        if not (first.strip().isdecimal() and last.strip().isdecimal()):
            raise ValueError('expected two ports with a dash between, such as "20000-20999"')
        ports = cls(first=int(first), last=int(last))
        if not 1024 <= ports.first < ports.last <= 65535 or ports.last - ports.first < 3:
            raise ValueError("expected a range of at least four ports between 1024 and 65535, the lower one first")
        return ports

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


def _ipv4(value: str) -> str:
    parts = value.split(".")
    if len(parts) != 4 or not all(part.isdecimal() and int(part) <= 255 for part in parts):
        raise ValueError("expected an IPv4 address, such as 127.0.0.1, or 0.0.0.0 for every address of the machine")
    return value


def _state_folder(value: Path) -> Path:
    """Asterisk reads this path in files where some characters mean something, and puts UNIX sockets below it."""
    if odd := sorted(set(str(value)) & set(",;|&$#<>{}[]()\"'`\\\n\t\r ")):
        raise ValueError(f"expected a path without {' '.join(map(repr, odd))}, which Asterisk would misread")
    if len(os.fsencode(value)) > 80:
        raise ValueError("expected a path of at most 80 bytes, because UNIX sockets lie below it")
    return value


def _switch(value: object) -> object:
    """on and off, as people write; a variable says True and False, as `environment` does."""
    known = {"on": True, "true": True, "off": False, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("expected on or off")


class LookUpSettings(SettingsTable):
    """What programs flows may ask over HTTP (ivr/look_ups): the beginnings of the addresses that are allowed, and the
    files that hold secrets for their headers, by name."""

    EXAMPLE: ClassVar[str] = '{"allow": ["https://crm.example/api/"], "secrets": {}}'

    allow: tuple[str, ...] = ()
    secrets: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Path] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        Allowed.parse(self.allow)
        if odd := [str(file) for file in self.secrets.values() if not file.is_absolute()]:
            raise ValueError(f"the file of a secret is {odd[0]!r}: expected an absolute path")
        return self

    @property
    def rules(self) -> Rules:
        """What flows are checked against."""
        return Rules(Allowed.parse(self.allow), frozenset(self.secrets))

    def __str__(self) -> str:
        return self.model_dump_json()


Port = Annotated[int, Field(ge=1, le=65535)]
LookUpTable = Annotated[LookUpSettings, BeforeValidator(LookUpSettings.parse)]
RtpPorts = Annotated[PortRange, BeforeValidator(PortRange.parse)]
Address = Annotated[str, AfterValidator(_ipv4)]


class Settings(BaseModel):
    """The settings of one instance. Paths are absolute."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Annotated[Path, AfterValidator(_state_folder)] = HOME / "var"
    """Everything this instance writes: database, recordings, logs, token, accounts, Asterisk's own files."""

    node: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,15}$")] = "node1"
    """This Asterisk's name, in front of every channel's identity."""

    listen: Address = "127.0.0.1"
    """Where SIP, audio and HTTP are served. AMI and FastAGI stay on loopback whatever this says."""

    sip_port: Port = 5060
    ami_port: Port = 5038
    agi_port: Port = 4573
    http_port: Port = 8080
    rtp_ports: RtpPorts = PortRange(first=20000, last=20999)

    url: Annotated[str, Field(pattern=r"^$|^https?://[^\s\"'<>?#]+[^\s\"'<>?#/]$")] = ""
    """The address at which people reach the API of this centre, such as https://calls.example.org: numbers of reports
    link to the calls behind them. Empty: they tell the query alone."""

    agi_standby: Annotated[str, Field(pattern=r"^$|^[A-Za-z0-9.-]+:[0-9]{1,5}$")] = ""
    """host:port of the FastAGI of a standby daemon, or empty."""

    database: str = ""
    """SQLAlchemy address, such as postgresql://… or mariadb://…; empty means SQLite in the state folder."""

    ledger_days: Annotated[int, Field(ge=7, le=36_500)] = 400
    """How many days the lines of ledger and journal stay in the data base, of which a call's record can be made anew
    and its decisions be explained. The record itself stays."""

    mask_numbers: Annotated[bool, BeforeValidator(_switch)] = False
    """Whether callers' numbers are masked for who has not the permission to see them (docs/masking.md): on or off."""

    file_days: Annotated[int, Field(ge=2, le=36_500)] = 100
    """How many days the files stay on the disk to which Asterisk and the router write what happens: ledger, call
    records, journal. What is not in the data base yet stays longer."""

    high_priority: Annotated[bool, BeforeValidator(_switch)] = True
    """Whether Asterisk and the router run before everything else on the machine, where they may (cti/precedence.py): on
    or off."""

    redis: Annotated[str, Field(pattern=r"^$|^(redis|rediss|unix)://")] = ""
    """Redis address, such as redis://host:6379/0, to which every fact is written as a stream; empty: none."""

    look_ups: LookUpTable = LookUpSettings()
    """The programs that flows may ask; nothing said: none."""

    mail: MailTable = MailSettings()
    """The server over which reports are sent (docs/reports.md); nothing said: none are."""

    recordings: RecordingTable = RecordingSettings()
    """How recordings are stored, where, and under which keys (docs/recordings.md)."""

    dialplans: Path = HOME / "dialplans"
    asterisk: Path | None = None
    """An asterisk program, or the tree made by `asterisk/provide`; empty: the one on PATH, else `var/tree`."""

    voices: Voices = Field(default_factory=dict)
    """Who speaks each language (docs/prompts.md). What is here starts programs and holds secrets: it is the machine's
    owner's, and out of reach for who edits flows."""

    speech_s: Annotated[float, Field(ge=0.1, le=10)] = 1.5
    """So long a caller waits at most for a text to be spoken that nobody could know before the call."""

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        taken: dict[int, str] = {}
        for name in ("sip_port", "ami_port", "agi_port", "http_port"):
            port: int = getattr(self, name)
            if port in taken:
                raise ValueError(f"{name} is {port}, as {taken[port]} is: expected a port of its own for each")
            taken[port] = name
        return self

    @property
    def speakers(self) -> Mapping[str, AnyVoice]:
        """The voice of each language that can be spoken."""
        return spoken(self.voices)

    @property
    def control(self) -> str:
        """The loopback address of AMI and FastAGI."""
        return self.listen if self.listen.startswith("127.") else "127.0.0.1"

    @property
    def local(self) -> str:
        """An address at which a program on this machine reaches SIP and HTTP."""
        return "127.0.0.1" if self.listen == "0.0.0.0" else self.listen

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database or f"sqlite+aiosqlite:///{self.database_file}"

    @property
    def database_file(self) -> Path:
        """Where SQLite's data base is, unless another one is set."""
        return self.state / "callcenter.db"

    @property
    def ledger(self) -> Path:
        """Asterisk's ledger (CEL)."""
        return self.state / "asterisk/log/cel-custom/ledger.csv"

    @property
    def asterisk_log(self) -> Path:
        """Asterisk's log folder, with its own call records (CDR)."""
        return self.state / "asterisk/log"

    @property
    def call_records(self) -> tuple[Path, ...]:
        """Asterisk's own call records (CDR)."""
        return self.asterisk_log / CALLS, self.asterisk_log / MASTER

    @property
    def journal(self) -> Path:
        """The router's facts."""
        return self.state / "journal/facts.jsonl"

    @property
    def recordings_folder(self) -> Path:
        """Where audio is written, and waits until it is kept."""
        return self.state / "recordings"

    @property
    def recording_keys(self) -> Path:
        """The file of the master keys under which recordings are sealed."""
        return self.recordings.keys or self.state / "recording-keys"

    @property
    def keeping_socket(self) -> Path:
        """Where the process listens that keeps recordings."""
        return self.state / "keeping.sock"

    def environment(self) -> dict[str, str]:
        """These settings as variables, for a child process that must have exactly the same."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        given = {PREFIX + name.upper(): "" if value is None else str(value) for name, value in values}
        return {**given, f"{PREFIX}VOICES": as_variable(self.voices)}


def load_settings(environment: Mapping[str, str] = os.environ, home: Path = HOME) -> Settings:
    """The settings from the file and the variables; raises SettingsError naming key, value and what was expected.

    Relative paths count from the clone in the file, from the current folder in a variable.
    """
    values, origins = _from_file(environment, home)
    problems: list[str] = []
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        name = variable.removeprefix(PREFIX).lower()
        origins[name] = variable
        if text or name in values:
            values[name] = text
    for name in list(values):
        if name not in Settings.model_fields:
            problems.append(_unknown(name, origins[name]))
            del values[name]
    _settle_paths(values, origins, home)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(problems + [_sentence(fault, origins) for fault in error.errors()]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _from_file(environment: Mapping[str, str], home: Path) -> tuple[dict[str, Any], dict[str, str]]:
    named = environment.get(FILE_VARIABLE, "")
    path = Path(named) if named else home / "callcenter.toml"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if named:
            raise SettingsError([f"{FILE_VARIABLE}: there is no file {path}"]) from None
        return {}, {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: not TOML: {error}"]) from None
    except OSError as error:
        raise SettingsError([f"{path}: {error.strerror}"]) from None
    return values, {name: f"{path}: {name}" for name in values}


def _settle_paths(values: dict[str, Any], origins: Mapping[str, str], home: Path) -> None:
    for name in ("state", "dialplans", "asterisk"):
        match values.get(name):
            case "":
                del values[name]
            case str(text):
                base = Path.cwd() if origins[name].startswith(PREFIX) else home
                values[name] = Path(os.path.abspath(base / Path(text).expanduser()))


def _unknown(name: str, origin: str) -> str:
    close = get_close_matches(name, Settings.model_fields, n=1)
    hint = f"did you mean {close[0]}?" if close else f"expected one of {', '.join(Settings.model_fields)}"
    return f"{origin}: there is no such setting; {hint}"


def _sentence(fault: Any, origins: Mapping[str, str]) -> str:
    if not fault["loc"]:
        return str(fault["ctx"]["error"])
    name, *within = map(str, fault["loc"])
    expected = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else fault["msg"]
    where = ".".join((origins.get(name, name), *within))
    # a table may hold secrets
    return f"{where}: {expected}" if within else f"{where}: {fault['input']!r} does not fit: {expected}"
