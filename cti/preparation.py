"""What must be true before anything is started: free ports, room on the disk, one supervisor for a state folder."""

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cti.asterisk.configuration import FallbackQueue, Plan
from cti.centre import Centre
from cti.settings import Settings, SettingsError

ROOM = 64 * 1024 * 1024
"""Bytes that must be free to start: half an hour of one recorded call."""


class PortTaken(Exception):
    """Another program listens where we should."""

    id = "port-taken"


class DiskFull(Exception):
    """There is no room for records and recordings."""

    id = "disk-full"


class AlreadyRunning(Exception):
    """Another `callcenter run` owns this state folder."""

    id = "already-running"


@contextmanager
def ownership(state: Path) -> Iterator[None]:
    """Own the state folder; raises AlreadyRunning, and DiskFull where nothing more can be written to it."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with disk_errors(state):
        descriptor = os.open(state / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise AlreadyRunning(
            f"{state}: another `callcenter run` works here; stop it, or set CALLCENTER_STATE"
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors(state: Path) -> Iterator[None]:
    """Turn the operating system's "no space left" into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(f"{state}: {error.strerror}; expected room for records and recordings") from error


def require_room(state: Path) -> None:
    """Raises DiskFull."""
    free = shutil.disk_usage(state).free
    if free < ROOM:
        raise DiskFull(
            f"{state}: {free >> 20} MB are free; expected {ROOM >> 20} MB at least for records and recordings"
        )


def require_ports(settings: Settings, *, asterisk_runs: bool) -> None:
    """Raises PortTaken, or SettingsError where the machine has no such address or does not let us."""
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    ours = [("agi_port", settings.control, (tcp,)), ("http_port", settings.listen, (tcp,))]
    asterisks = [("sip_port", settings.listen, (udp, tcp)), ("ami_port", settings.control, (tcp,))]
    for name, address, kinds in ours + ([] if asterisk_runs else asterisks):
        _require_port(name, address, getattr(settings, name), kinds)


def _require_port(name: str, address: str, port: int, kinds: Iterable[socket.SocketKind]) -> None:
    variable = f"CALLCENTER_{name.upper()}"
    for kind in kinds:
        with socket.socket(type=kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise PortTaken(
                        f"{variable}: {address}:{port} is taken by another program; set a free one"
                    ) from None
                raise SettingsError([f"{variable}: cannot listen on {address}:{port}: {error.strerror}"]) from None


def plan_of(centre: Centre) -> Plan:
    """What Asterisk is told of the centre."""
    return Plan(
        numbers={dialled: number.fallback for dialled, number in centre.numbers.items()},
        queues=[
            FallbackQueue(name, ring_s=queue.ring_s, wrap_up_s=queue.wrap_up_s, music=queue.music)
            for name, queue in centre.queues.items()
        ],
        languages=centre.languages,
        outside_line=centre.outside.line if centre.outside else "",
        outside_caller_id=(centre.outside.caller_id or "") if centre.outside else "",
        extensions=centre.extensions,
        max_calls=centre.max_calls,
        max_calls_of={dialled: one.max_calls for dialled, one in centre.numbers.items() if one.max_calls is not None},
        spaces=centre.parking.numbers if centre.parking else (),
        outside_prefix=_prefix(centre),
        parking=str(centre.parking.extension) if centre.parking else "",
    )


def _prefix(centre: Centre) -> str:
    agents = centre.outside.agents if centre.outside else None
    return "" if agents is None or agents.prefix is None else str(agents.prefix)
