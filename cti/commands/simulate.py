"""`callcenter simulate`: made-up traffic on the centre's own queues, in virtual time; no service need run."""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from acd.simulation.figures import WHOLE, Figures
from acd.simulation.intervals import Interval, interval
from acd.simulation.trial import run
from cti.centre import centre_of
from cti.commands.errors import Exit
from cti.commands.figures import AGENTS, CALLS, NO_DATA, SELDOM, SERVICE_LEVEL, Figure, shown
from cti.commands.policy import policy_of
from cti.commands.tables import table
from cti.settings import Settings
from cti.traffic_file import load_traffic

MOST_REPLICATIONS = 1_000
ALL = "all queues"

Whose = TypeVar("Whose")


def simulate(settings: Settings, given: argparse.Namespace) -> Exit:
    """Run made-up traffic through the router as the centre's queues are set, and show what would become of callers and
    agents: means over independent replications, with intervals of confidence (Student t)."""
    centre = centre_of(settings)
    title, traffic = load_traffic(given.traffic, centre)
    policy = policy_of(centre)
    runs = [run(traffic.draw(given.seed, one), policy).figures for one in range(1, given.replications + 1)]
    confidence = given.confidence / 100
    calls = {name: _intervals(CALLS, [one.calls[name] for one in runs], confidence) for name in _with_calls(runs)}
    agents = {group: _intervals(AGENTS, [one.agents[group] for one in runs], confidence) for group in runs[0].agents}
    if given.json:
        print(json.dumps(_document(given, title, calls, agents), indent=2, ensure_ascii=False))
        return Exit.DONE
    print(f"{given.traffic}: {title}")
    print(_how(given))
    print()
    print(_table("QUEUE", CALLS, {ALL if name == WHOLE else name: row for name, row in calls.items()}))
    print()
    print(_table("AGENTS", AGENTS, agents))
    print()
    print(SERVICE_LEVEL)
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter simulate`."""
    parser.description = simulate.__doc__
    parser.set_defaults(run=simulate)
    parser.add_argument("traffic", type=Path, help="the file of the traffic, such as dialplans/traffic/weekday.yaml")
    parser.add_argument(
        "--replications",
        type=int,
        choices=range(1, MOST_REPLICATIONS + 1),
        default=20,
        metavar="N",
        help="so many days, each with random numbers of its own (default 20)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, other days (default 1)")
    parser.add_argument(
        "--confidence", type=int, choices=(90, 95, 99), default=95, help="of the intervals, in percent (default 95)"
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON, times in milliseconds")


def _with_calls(runs: Sequence[Figures]) -> Sequence[str]:
    return [name for name in runs[0].calls if name == WHOLE or any(one.calls[name].calls for one in runs)]


def _intervals(figures: Sequence[Figure[Whose]], values: Sequence[Whose], confidence: float) -> Mapping[str, Interval]:
    return {figure.key: interval((figure.of(value) for value in values), confidence) for figure in figures}


def _how(given: argparse.Namespace) -> str:
    if given.replications == 1:
        return f"One day, seed {given.seed}."
    return (
        f"Means of {given.replications} days, seed {given.seed}; ± says how far the true mean may be from there, "
        f"with {given.confidence} % confidence (Student t over independent replications)."
    )


def _table(name: str, figures: Sequence[Figure[Whose]], rows: Mapping[str, Mapping[str, Interval]]) -> str:
    wanted = [figure for figure in figures if figure.key not in SELDOM or _happened(rows, figure.key)]
    return table(
        (name, *(figure.title.upper() for figure in wanted)),
        [(row, *(_cell(figure, values[figure.key]) for figure in wanted)) for row, values in rows.items()],
    )


def _happened(rows: Mapping[str, Mapping[str, Interval]], key: str) -> bool:
    return any(values[key].mean for values in rows.values())


def _cell(figure: Figure[Whose], value: Interval) -> str:
    if value.mean is None:
        return NO_DATA
    mean = shown(figure, value.mean)
    return f"{mean} ± {shown(figure, value.half_width).split()[0]}" if value.half_width else mean


def _document(
    given: argparse.Namespace,
    title: str,
    calls: Mapping[str, Mapping[str, Interval]],
    agents: Mapping[str, Mapping[str, Interval]],
) -> dict[str, Any]:
    def plain(values: Mapping[str, Interval]) -> dict[str, Any]:
        return {
            key: {"mean": value.mean, "half_width": value.half_width, "replications": value.count}
            for key, value in values.items()
        }

    return {
        "traffic": title,
        "replications": given.replications,
        "seed": given.seed,
        "confidence": given.confidence / 100,
        "queues": {name: plain(values) for name, values in calls.items() if name != WHOLE},
        "all": plain(calls[WHOLE]),
        "agents": {group: plain(values) for group, values in agents.items()},
    }
