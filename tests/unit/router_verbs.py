"""Verbs of the router that are those of its parts, in the form in which histories tell them."""

from contextlib import suppress
from typing import Any

from acd.errors import ParkingFull
from acd.router import Router


def hold(router: Router, linkedid: str, *, now_ms: int) -> None:
    """The agent holds his caller."""
    router.conversations.hold(linkedid, now_ms)


def retrieve(router: Router, linkedid: str, *, now_ms: int) -> None:
    """The agent takes his caller back."""
    router.conversations.retrieve(linkedid, now_ms)


def ask(router: Router, linkedid: str, number: str, now_ms: int) -> None:
    """A colleague rings this agent."""
    router.consults.ask(linkedid, number, ring_ms=20_000, now_ms=now_ms)


def park(router: Router, linkedid: str, **given: Any) -> None:
    """The caller's session parks him, where there is a space."""
    with suppress(ParkingFull):
        router.parking.park(linkedid, **given)
