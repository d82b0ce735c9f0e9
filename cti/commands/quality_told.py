"""Lets a running service tell whom it concerns what a quality command has done in the data base."""

from cti.commands.errors import ServiceAway, ServiceRefused
from cti.commands.service import Service
from cti.settings import Settings

TIMEOUT_S = 3.0


def tell_service(settings: Settings, *, reviewer_left: bool = False) -> None:
    """Where none runs, or it cannot now, it tells it when it is back."""
    try:
        Service(settings, TIMEOUT_S).post("/api/quality/told", reviewer_left=reviewer_left)
    except (ServiceAway, ServiceRefused):
        return
