"""Who left in a period, and who there was on how many of its days: what turnover is of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from recording.figures.addends.values import Addend, Source
from recording.figures.entered import PRECISE, days_of
from recording.figures.period import Period, midnight
from recording.figures.rules import Rules
from recording.figures.scope import Scope, ScopeKind
from recording.inputs.portions import portions
from recording.inputs.staff import Staff
from recording.inputs.staffing import YEAR_DAYS, Staffing
from recording.store import Store


class _People:
    def __init__(self, found: Mapping[str, Sequence[Addend]]) -> None:
        self._found = found

    @property
    def keys(self) -> Sequence[str]:
        """Agents."""
        return sorted(self._found)

    async def of(self, key: str) -> Sequence[Addend]:
        """How he left, and how he was there."""
        return self._found[key]


async def staff(store: Store, scope: Scope, period: Period, now: datetime, rules: Rules) -> Source:
    """Of the centre or a team; no agent has a turnover of his own."""
    days = days_of(period, now)
    if days is None or scope.kind not in (ScopeKind.CENTRE, ScopeKind.TEAM):
        return _People({})
    return _People(_people(await Staff(store).staffing(), *days, scope.name or None, period))


def _people(
    staffing: Staffing, first: date, last: date, team: str | None, period: Period
) -> Mapping[str, Sequence[Addend]]:
    changes = staffing.changes(first, last, team)
    found: dict[str, list[Addend]] = defaultdict(list)
    if not changes.mean_full_time:
        return found

    def put(name: str, agent: str, units: int, what: str, since: date, until: date, share: int, his: str) -> None:
        start, end = midnight(since, period.zone), midnight(until + timedelta(days=1), period.zone)
        one = Addend(
            sum=name, amount=Decimal(units) / PRECISE, what=what, agent=agent, start=start, end=end, share=share,
            team=his,
        )  # fmt: skip
        found[agent].append(one)

    left = sorted(changes.left, key=lambda one: (one.agent, one.day))
    whole = round(Fraction(len(left) * YEAR_DAYS * PRECISE, changes.days))
    for gone, units in zip(left, portions(whole, [1] * len(left)), strict=True):
        stint = staffing.at(gone.agent, gone.day)
        share, his = (stint.share, stint.team) if stint else (100, "")
        put("left_per_year", gone.agent, units, "left", gone.day, gone.day, share, his)
    stints = staffing.within(first, last, team)
    whole = round(changes.mean_full_time * PRECISE)
    for one, units in zip(stints, portions(whole, [one.share * one.days for one in stints]), strict=True):
        put("mean_agents", one.agent, units, "staff", one.first, one.last, one.share, one.team)
    return found
