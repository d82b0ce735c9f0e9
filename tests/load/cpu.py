"""What a process has used of the processors, as the kernel counts it."""

import os
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of CPU the process has used since its start, its threads included, its children not."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


def child(pid: int, name: str) -> int:
    """The process of that name (`cc-recorder`) that this one has started; raises LookupError if there is none."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    for one in (int(number) for task in tasks for number in task.read_text("utf-8").split()):
        if Path(f"/proc/{one}/comm").read_text("utf-8").strip() == name:
            return one
    raise LookupError(f"process {pid} has no {name}")


def used_s(pids: dict[str, int]) -> dict[str, float]:
    """`cpu_s` of several processes by name."""
    return {name: cpu_s(pid) for name, pid in pids.items()}
