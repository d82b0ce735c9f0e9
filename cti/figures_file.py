"""`dialplans/figures.yaml`: the model of what administrators may say of the key figures, whether it fits, and the rules
that it makes with the thresholds of the queues. What the figures are is decided in recording.figures.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Protocol
from zoneinfo import ZoneInfo

from pydantic import Field, NonNegativeFloat

from cti.queues_file import Queue
from ivr.documents import Document, Part, Problem, read_document
from ivr.yaml_tree import Tree
from recording.figures.catalogue import FIGURES
from recording.figures.rules import Rules, ShareBy, Thresholds, band_of

INDICATIONS = Path(__file__).parents[1] / "asterisk" / "indications.conf"

_COUNTRY = re.compile(r"^country\s*=\s*(\w+)", re.MULTILINE)
_CADENCE = r"^\[{}\][^\[]*^ringcadence\s*=\s*([\d,]+)"


class BandPart(Part):
    """The values to aim at, both ends included, in the figure's unit: what is not said has no end. `norm` is what is
    common, `wish` what is wished beyond the band. It replaces the whole band of docs/figures.md."""

    low: NonNegativeFloat | None = None
    high: NonNegativeFloat | None = None
    norm: NonNegativeFloat | None = None
    wish: NonNegativeFloat | None = None


class FiguresFile(Part):
    """What the centre says of its key figures; docs/figures.md. The thresholds of a queue stand with the queue."""

    service_level: Literal[
        "received",
        "offered",
        "offered_long",
        "answered",
        "answered_abandoned",
        "answered_abandoned_long",
        "abandoned_as_served",
    ] = "received"
    """Which of the usual denominators is in force; the others stand beside it in every report."""
    first_contact_days: Annotated[int, Field(ge=1, le=90)] = 7
    """A call is resolved at first contact if none on the same matter follows within so many days."""
    share_costs_by: Literal["handle_time", "calls", "none"] = "handle_time"
    """By what queues, teams and agents bear the costs that were entered for none of their kind."""
    bands: dict[str, BandPart] = Field(default_factory=dict)
    """By the key of the figure."""


class Centre(Protocol):
    """What of a centre the rules are made of."""

    @property
    def time_zone(self) -> ZoneInfo: ...

    @property
    def queues(self) -> Mapping[str, Queue]: ...

    @property
    def country_code(self) -> str: ...

    @property
    def figures(self) -> FiguresFile: ...


def read_figures(file: Path) -> Document[FiguresFile]:
    """The file, or what holds where there is none. Raises DocumentError."""
    return read_document(file, FiguresFile) if file.exists() else Document(str(file), FiguresFile(), Tree())


def figures_problems(document: Document[FiguresFile]) -> Iterator[Problem]:
    """What does not fit: figures that there are not, bands that end before they begin."""
    for key, band in document.value.bands.items():
        if key not in FIGURES:
            yield document.unknown(("bands", key), "figure", key, FIGURES, key=True)
        if band.low is not None and band.high is not None and band.low > band.high:
            wrong = f"{band.high:g} is below {band.low:g}"
            yield document.problem(("bands", key, "high"), wrong, "the higher end of the band")


def rules_of(centre: Centre, indications: Path = INDICATIONS) -> Rules:
    """The rules by which this centre's calls are counted and its figures judged."""
    said = centre.figures
    return Rules(
        zone=centre.time_zone,
        thresholds={
            name: Thresholds(
                service_level_ms=queue.service_level_s * 1000, short_abandon_ms=queue.short_abandon_s * 1000
            )
            for name, queue in centre.queues.items()
        },
        ring_cadence_ms=ring_cadence_ms(indications),
        service_level=said.service_level,
        bands={key: band_of(one.low, one.high, one.norm, one.wish) for key, one in said.bands.items()},
        first_contact_days=said.first_contact_days,
        country_code=centre.country_code,
        share_costs_by=ShareBy(said.share_costs_by),
    )


def ring_cadence_ms(indications: Path) -> int:
    """How long one ring is, with the pause behind it, in the tone zone of Asterisk's indications.conf; 5 s where that
    does not say it (ITU-T E.180 gives 5 s as the longest)."""
    try:
        text = indications.read_text(encoding="utf-8")
    except OSError:
        return Rules().ring_cadence_ms
    country = _COUNTRY.search(text)
    found = re.search(_CADENCE.format(country[1]), text, re.MULTILINE) if country else None
    whole = sum(int(part) for part in found[1].split(",") if part) if found else 0
    return whole or Rules().ring_cadence_ms
