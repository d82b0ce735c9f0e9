"""Test processes that run at the same time each have numbers of their own: two would choose the same free port, sooner
or later, and one of their centres would not start.
"""

import os


def processes() -> int:
    """How many run at the same time."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def share(numbers: range) -> range:
    """Those of this process."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    size = len(numbers) // processes()
    first = int(name.removeprefix("gw")) * size
    return numbers[first : first + size]
