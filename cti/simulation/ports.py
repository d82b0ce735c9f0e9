"""Ports for programs that are started beside others and must be told theirs. They lie below the range from which the
kernel gives ports to clients, so that no connection made between the choice and the start takes one away.
"""

import random
import socket

FIRST, LAST = 10000, 19999
ATTEMPTS = 1000


def free_port(host: str) -> int:
    """A port of this address that neither TCP nor UDP uses now. Raises OSError if none is found."""
    return free_ports(1, host)[0]


def free_ports(count: int, host: str) -> list[int]:
    """So many different ones, in no order."""
    ports: set[int] = set()
    for _ in range(ATTEMPTS):
        if len(ports) == count:
            return list(ports)
        port = random.randint(FIRST, LAST)
        if binds(host, port, socket.SOCK_DGRAM) and binds(host, port, socket.SOCK_STREAM):
            ports.add(port)
    raise OSError(f"no {count} free ports of {host} between {FIRST} and {LAST}")


def binds(host: str, port: int, kind: socket.SocketKind) -> bool:
    """Whether a program that listens could have this port now."""
    with socket.socket(type=kind) as probe:
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
