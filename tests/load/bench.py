"""What every benchmark leaves behind: `var/bench/<name>.json` with the figures and the machine they are from,
and how the records of its calls agree with Asterisk's own. One whose records do not agree has failed, whatever its
figures are.
"""

import asyncio
import json
import math
import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from cti.settings import Settings
from recording.reconcile.comparison import Cause
from tests.integration.reconciled import compared, told

FOLDER = Path(__file__).parents[2] / "var" / "bench"


reconciled: list[dict[str, Any]] = []
"""Of each centre that was measured: how many calls and rows of Asterisk's were compared, and in what they differ."""


def write(
    name: str, ours: Any, theirs: Any, *, libraries: Sequence[str] = (), asterisk: str | None = None, **more: Any
) -> Path:
    """Write the figures of both sides of benchmark `name`, in whatever shape it has, and return the file.

    `libraries` are the distributions whose versions matter, `asterisk` is the version of the one that took part, and
    `more` goes in as it is: units, conditions, raw figures. Where calls were made on a centre, how its records agree
    with Asterisk's own goes in by itself (tests.load.centre).
    """
    report = {
        "benchmark": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "cpu": _cpu_model(),
            "system": platform.platform(),
            "load": os.getloadavg(),
        },
        "versions": {
            "callcenter": version("callcenter"),
            "python": platform.python_version(),
            "asterisk": asterisk,
            **{library: version(library) for library in libraries},
        },
        "ours": ours,
        "theirs": theirs,
        **({"reconciliation": reconciled} if reconciled else {}),
        **more,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


async def note_agreement(settings: Settings) -> None:
    """Compares the records of a stopped instance with Asterisk's own; prints the result and keeps it for `write`. What
    a killed Asterisk could not write is told, and is no difference.
    """
    day = await compared(settings)
    found = day.reconciliation
    reconciled.append(
        {
            "records": found.records,
            "rows": sum(found.rows.values()),
            "differences": sum(one.cause is not Cause.ASTERISK_LOST for one in found.differences) + len(day.unreadable),
            "causes": Counter(one.cause.value for one in found.differences),
        }
    )
    print(f"records against Asterisk's own: {reconciled[-1]}", flush=True)
    if text := told(day):
        print(text, flush=True)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs a benchmark; then ends the process with 1 if records differed from Asterisk's own."""
    asyncio.run(main)
    if differences := sum(one["differences"] for one in reconciled):
        sys.exit(f"{differences} differences between records and Asterisk's own")


def options(description: str | None, **defaults: int | float) -> Namespace:
    """What the command line says, as `--seconds 30`, of these; smaller values make a short run."""
    parser = ArgumentParser(description=description)
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{default} unless told")
    return parser.parse_args()


def figures(values: Sequence[float]) -> dict[str, Any]:
    """Median, 99th percentile, number and the raw values, in milliseconds."""
    ranked = sorted(values)
    p99 = ranked[math.ceil(0.99 * len(ranked)) - 1]
    return {"median_ms": round(median(ranked), 2), "p99_ms": round(p99, 2), "n": len(ranked), "raw_ms": ranked}


def _cpu_model() -> str:
    """x86 names its model in /proc/cpuinfo, arm64 does not."""
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
