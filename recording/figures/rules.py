"""What a centre may say of its figures: by which thresholds calls are judged, which service level counts, which bands
are aimed at. The files it says it in are read in cti; how calls are judged is decided in recording.figures.calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from recording.figures.catalogue import EVERY
from recording.figures.definition import Band


class ShareBy(StrEnum):
    """By what queues, teams and agents bear the costs that were entered for none of their kind."""

    HANDLE_TIME = "handle_time"
    CALLS = "calls"
    NONE = "none"  # not at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Of one queue, in milliseconds, both included: answered within `service_level_ms` is answered in time, abandoned
    within `short_abandon_ms` is a short abandon."""

    service_level_ms: int = 20_000
    short_abandon_ms: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`thresholds` by queue, `otherwise` for a queue that is not among them and a call in none; `ring_cadence_ms` is
    how long one ring is; `service_level` names the variant in force; `bands` are those that are not the catalogue's;
    within `first_contact_days` a further call takes "resolved" back; numbers are compared by `country_code`; costs are
    shared out by `share_costs_by`."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    thresholds: Mapping[str, Thresholds] = field(default_factory=dict)
    otherwise: Thresholds = Thresholds()
    ring_cadence_ms: int = 5_000
    service_level: str = "received"
    bands: Mapping[str, Band] = field(default_factory=dict)
    first_contact_days: int = 7
    country_code: str = ""
    share_costs_by: ShareBy = ShareBy.HANDLE_TIME

    def of_queue(self, queue: str | None) -> Thresholds:
        """The thresholds of this queue; None: of a call in no queue."""
        return self.thresholds.get(queue or "", self.otherwise)

    def band(self, key: str) -> Band | None:
        """The band of this figure."""
        return self.bands.get(key, EVERY[key].band)

    def to_json(self) -> dict[str, Any]:
        """What calls are judged by, as it is kept beside the sums: all but the bands, the variant in force, the
        cadence and the sharing of costs, which are asked for only when a report is made."""
        return {
            "zone": self.zone.key,
            "thresholds": {name: _told(one) for name, one in sorted(self.thresholds.items())},
            "otherwise": _told(self.otherwise),
            "first_contact_days": self.first_contact_days,
            "country_code": self.country_code,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`."""
        return cls(
            zone=ZoneInfo(value["zone"]),
            thresholds={name: Thresholds(**one) for name, one in value["thresholds"].items()},
            otherwise=Thresholds(**value["otherwise"]),
            first_contact_days=value["first_contact_days"],
            country_code=value["country_code"],
        )


def band_of(low: float | None, high: float | None, norm: float | None, wish: float | None) -> Band:
    """A band from numbers as a file has them, exact as they were written."""
    parts = (None if one is None else Decimal(repr(one)) for one in (low, high, norm, wish))
    low_, high_, norm_, wish_ = parts
    return Band(low_, high_, norm=norm_, wish=wish_)


def _told(one: Thresholds) -> dict[str, int]:
    return {"service_level_ms": one.service_level_ms, "short_abandon_ms": one.short_abandon_ms}
