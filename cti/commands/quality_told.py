"""Lets a running service tell whom it concerns what a quality command has done in the data base."""

from collections.abc import Iterable

from cti.commands.errors import ServiceAway, ServiceRefused
from cti.commands.service import Service
from cti.settings import Settings

TIMEOUT_S = 3.0


def tell_service(
    settings: Settings, evaluations: Iterable[str] = (), *, draw: str | None = None, reviewer_left: bool = False
) -> None:
    """Where none runs, or it cannot now, nobody is told: everybody finds it in his snapshot when he comes."""
    try:
        told = {"evaluations": list(evaluations), "draw": draw, "reviewer_left": reviewer_left}
        Service(settings, TIMEOUT_S).post("/api/quality/told", **told)
    except (ServiceAway, ServiceRefused):
        return
