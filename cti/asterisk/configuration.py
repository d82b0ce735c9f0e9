"""The configuration of the private Asterisk: the templates of `asterisk/` filled in for one instance.

A template's `@name@` is replaced by a value; whole sections (phones, queues) are made here. Asterisk finds everything
in `<state>/asterisk/etc`, so nothing of the machine's own Asterisk is touched.
"""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cti.accounts import Credentials, Phone
from cti.asterisk.installation import Installation
from cti.settings import HOME, Settings
from cti.sounds import ready_sounds
from ivr.announcements import Announcement, prompt

TEMPLATES = HOME / "asterisk"
NEEDS_RESTART = frozenset({"asterisk.conf", "modules.conf", "rtp.conf", "transports.conf"})
"""Files that a running Asterisk does not read again."""

EMPTY = ("acl.conf", "ccss.conf", "features.conf", "pjproject.conf", "queuerules.conf", "udptl.conf")
"""Files whose defaults are right, but whose absence Asterisk calls an error."""

PLANNED: Mapping[str, str] = {
    "queues.conf": "app_queue.so",
    "musiconhold.conf": "res_musiconhold.so",
    "extensions.conf": "pbx_config.so",
    "centre.conf": "pbx_config.so",
}
"""Files that follow from the centre's alone, and the module that reads each of them again."""

PHONES = "res_pjsip.so"

UNLIMITED = 1_000_000
"""More callers than any Asterisk carries."""

FOLDERS = (
    *(f"asterisk/{name}" for name in ("etc", "lib/keys", "cache", "agi-bin", "spool", "run")),
    *(f"asterisk/log/{name}" for name in ("cdr-csv", "cdr-custom", "cel-custom")),  # else every record is lost
    *("journal", "recordings", "recordings/voicemail", "sounds/prompts", "sounds/music/default"),
)


@dataclass(frozen=True, slots=True)
class FallbackQueue:
    """A queue as Asterisk's own Queue() serves it while we are away."""

    name: str
    ring_s: int
    wrap_up_s: int
    music: str = "default"


@dataclass(frozen=True, slots=True)
class Plan:
    """What the configuration takes from the centre: its numbers with the fallback queue of each, its queues (one at
    least), and the queues that agents can dial, by extension."""

    numbers: Mapping[str, str]
    queues: Sequence[FallbackQueue]
    languages: Sequence[str] = ()
    """In which agents outside are asked to confirm; a line over which they are called, and as whom."""
    outside_line: str = ""
    outside_caller_id: str = ""
    extensions: Mapping[str, str] = field(default_factory=dict)
    max_calls: int | None = None
    """How many callers are let in at once; None: as many as come. `max_calls_of`: with each number that has a limit."""
    max_calls_of: Mapping[str, int] = field(default_factory=dict)
    spaces: Sequence[str] = ()
    """At which callers can be parked, and the extension by which any of them is meant."""
    parking: str = ""
    outside_prefix: str = ""
    """What agents dial before a number outside; empty: only the star code."""


def render(settings: Settings, installation: Installation, credentials: Credentials, plan: Plan) -> frozenset[str]:
    """Write the configuration; returns the names of the files that changed. Raises OSError."""
    for name in FOLDERS:
        (settings.state / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    carriers = settings.state / "carriers.conf"
    if not carriers.exists():
        _write(carriers, (TEMPLATES / carriers.name).read_text("utf-8"))
    values = _instance_values(settings, installation, credentials)
    ours = {path.name for path in TEMPLATES.glob("*.conf")} - {carriers.name, "phones.conf", *PLANNED}
    files = {name: _filled(name, values) for name in sorted(ours)}
    files |= dict.fromkeys(EMPTY, "; the defaults hold\n")
    return render_plan(settings, plan) | render_phones(settings, credentials) | _write_all(settings, files)


def render_phones(settings: Settings, credentials: Credentials) -> frozenset[str]:
    """Write the phones' accounts, which a running Asterisk reads again by the module PHONES; returns the names of the
    files that changed. Raises OSError."""
    values = {"phones": "\n".join(map(_phone, credentials.phones))}
    return _write_all(settings, {"phones.conf": _filled("phones.conf", values)})


def render_plan(settings: Settings, plan: Plan) -> frozenset[str]:
    """Write the part that follows from the centre's files alone, which a running Asterisk reads again module by module
    (PLANNED); returns the names of the files that changed. Raises OSError.
    """
    values = {
        "queues": "\n".join(map(_queue, plan.queues)),
        "music": "\n".join(
            _music(settings.state, name) for name in sorted({"default", *(q.music for q in plan.queues)})
        ),
    }
    files = {name: _filled(name, values) for name in ("queues.conf", "musiconhold.conf")}
    files["extensions.conf"] = (settings.dialplans / "extensions.conf").read_text("utf-8")
    files["centre.conf"] = _globals(settings, plan)
    return _write_all(settings, files)


def _filled(name: str, values: Mapping[str, str]) -> str:
    return re.sub(r"@([a-z_]+)@", lambda match: values[match[1]], (TEMPLATES / name).read_text("utf-8"))


def _write_all(settings: Settings, files: Mapping[str, str]) -> frozenset[str]:
    etc = settings.state / "asterisk/etc"
    return frozenset(name for name, text in files.items() if _write(etc / name, text))


def _instance_values(settings: Settings, installation: Installation, credentials: Credentials) -> Mapping[str, str]:
    state = settings.state
    return {
        "state": str(state),
        "asterisk": f"{state}/asterisk",
        "etc": f"{state}/asterisk/etc",
        "installation": "\n".join(installation.directories),
        "node": settings.node,
        "listen": settings.listen,
        "control": settings.control,
        "sip_port": str(settings.sip_port),
        "ami_port": str(settings.ami_port),
        "rtp_first": str(settings.rtp_ports.first),
        "rtp_last": str(settings.rtp_ports.last),
        "media": _media(settings.listen),
        "ami_secret": credentials.ami.callcenter,
        "monitor_secret": credentials.ami.monitor,
    }


def _media(listen: str) -> str:
    """Audio is bound to the address of SIP, unless that is every address."""
    if listen == "0.0.0.0":
        return "; audio on every address"
    return f"media_address = {listen}\nbind_rtp_to_media_address = yes"


def _phone(account: Phone) -> str:
    name = re.sub(r'[";<>\\]', "", account.name)  # would end the value
    return f"""\
[{account.phone}](phone)
auth = {account.phone}-auth
aors = {account.phone}
callerid = "{name}" <{account.agent}>

[{account.phone}-auth](phone-auth)
username = {account.phone}
password = {account.sip_password}

[{account.phone}](phone-aor)
"""


def _queue(queue: FallbackQueue) -> str:
    return f"""\
[{queue.name}](fallback)
timeout = {queue.ring_s}
wrapuptime = {queue.wrap_up_s}
musicclass = {queue.music}
"""


def _music(state: Path, name: str) -> str:
    return f"[{name}]\nmode = files\ndirectory = {state}/sounds/music/{name}\n"


def _globals(settings: Settings, plan: Plan) -> str:
    prompts = ready_sounds(settings)
    last_resort = next(iter(plan.numbers.values()), plan.queues[0].name)
    lines: dict[str, str] = {
        "RECORDINGS": f"{settings.state}/recordings",
        "CALLCENTER_AGI": f"{settings.control}:{settings.agi_port}",
        "CALLCENTER_AGI_STANDBY": settings.agi_standby,
        "FALLBACK": last_resort,
        **{f"FALLBACK_{number}": queue for number, queue in plan.numbers.items()},
        "MAX_CALLS": str(plan.max_calls or UNLIMITED),
        **{f"MAX_CALLS_{number}": str(plan.max_calls_of.get(number, UNLIMITED)) for number in plan.numbers},
        "OUTSIDE_LINE": plan.outside_line,
        "OUTSIDE_CALLER_ID": plan.outside_caller_id,
        **{
            f"OUTSIDE_ASK_{language}": prompts.sound(prompt(Announcement.OUTSIDE_ASK, language))
            for language in plan.languages
        },
        "OUTSIDE_PREFIX": plan.outside_prefix,
        **{f"QUEUE_{extension}": queue for extension, queue in plan.extensions.items()},
        **{f"SPACE_{space}": "1" for space in plan.spaces},
    }
    known = "".join(f"{name} = {value}\n" for name, value in lines.items())
    sent = "".join(
        f"exten => {number},1,Goto(transferred,${{EXTEN}},1)\n"
        for number in (*plan.numbers, *plan.extensions, *filter(None, (plan.parking, *plan.spaces)))
    )
    return (
        "; What extensions.conf knows of this instance and its centre.\n"
        # Cleared: a number that is taken out of centre.yaml must not lead anywhere after a reload.
        f"[general]\nclearglobalvars = yes\n\n[globals]\n{known}\n"
        "; Where an agent's phone may send a caller. Asterisk refuses a transfer to any other number.\n"
        f"[transfers]\n{sent}include => colleagues\n"
    )


def _write(path: Path, text: str) -> bool:
    """Replace the file, whole or not at all, where its content differs; only its owner may read it."""
    if path.exists() and path.read_text("utf-8") == text:
        return False
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise
    return True
