"""The flows that lie under tests/fixtures/flows as examples, and the names of the centre they are made for."""

from collections.abc import Mapping
from pathlib import Path

from ivr.flow.check import Names, load_flows
from ivr.flow.model import Flow
from ivr.look_ups.addresses import Allowed
from ivr.look_ups.check import Rules

FLOWS = Path(__file__).parent / "fixtures" / "flows"
NAMES = Names(
    queues=("sales", "support"),
    skills=("sales", "support"),
    languages=("cmn", "en"),
    attributes=("language", "team"),
    calendars=("night", "office"),
    sounds=dict.fromkeys(("cmn", "en"), ("goodbye", "welcome")),
    look_ups=Rules(Allowed.parse(["https://crm.example/"]), frozenset({"crm"})),
    outside=("1[3-9]XXXXXXXXX",),
    callbacks=("sales",),
)


def examples(folder: str) -> list[Path]:
    """One file each, or a folder of flows, of which a number leads to main.yaml."""
    return sorted(path for path in (FLOWS / folder).iterdir() if path.suffix in ("", ".yaml"))


def load(example: Path) -> Mapping[str, Flow]:
    """The flows of an example. Raises DocumentError."""
    if example.is_dir():
        return load_flows(sorted(example.glob("*.yaml")), NAMES, ["main"])
    return load_flows([example], NAMES, [example.stem])


def start_of(example: Path) -> str:
    """The flow in which a call begins."""
    return "main" if example.is_dir() else example.stem
