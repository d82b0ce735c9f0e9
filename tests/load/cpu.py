"""What a process has used of the processors, as the kernel counts it."""

import os
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of CPU the process has used since its start, its threads included, its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def children(pid: int) -> list[int]:
    """The processes that this one has started, and that are still there."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text("utf-8").split()]


def used_s(pids: dict[str, int]) -> dict[str, float]:
    """`cpu_s` of several processes by name."""
    return {name: cpu_s(pid) for name, pid in pids.items()}
