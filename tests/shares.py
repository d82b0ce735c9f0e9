"""Test processes that run at the same time each have numbers of their own: two would choose the same free port, sooner
or later, and one of their centres would not start.
"""

import os


def share(numbers: range) -> range:
    """Those of this process."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    size = len(numbers) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    first = int(name.removeprefix("gw")) * size
    return numbers[first : first + size]
