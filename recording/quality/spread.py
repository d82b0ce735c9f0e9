"""How alike several reviewers judged one call, pure: per item and in total the mean, the standard deviation (of the
whole group, not of a sample), the range, and how many pairs of reviewers agree.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from pydantic import BaseModel, ConfigDict, Field

from recording.quality.scoring import HUNDREDTH, score
from recording.quality.sheets import Judgement, ScoreSheet

TOLERANCE = Decimal(5)
"""So many points two scores may lie apart and still agree."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemSpread(_Value):
    """What reviewers gave an item, null where they said that it does not apply; that is a mark as others for the
    agreement, but has no part in mean, deviation and range."""

    item: str
    marks: Mapping[str, int | None] = Field(description="By reviewer.")
    mean: Decimal | None
    deviation: Decimal | None = Field(description="The standard deviation of the marks.")
    range: int | None = Field(description="From the lowest mark to the highest.")
    agreement: Decimal | None = Field(description="Per cent of pairs of reviewers with the same mark; null: no pairs.")
    lead: int | None = Field(None, description="The moderator's mark.")
    deviating: tuple[str, ...] = Field((), description="Who gave another mark than the moderator.")


class Spread(_Value):
    """The same of the whole call. `fatal` are the reviewers who saw each fatal error; `agreement` the per cent of pairs
    whose scores lie at most 5 points apart; `from_lead` how far each score lies from the moderator's, who saw the fatal
    errors of `lead_fatal`. `deviating` are those whose score lies further than 5 points from his, or who saw other
    fatal errors than he."""

    scores: Mapping[str, Decimal]
    mean: Decimal | None
    deviation: Decimal | None
    range: Decimal | None
    agreement: Decimal | None
    fatal: Mapping[str, tuple[str, ...]]
    items: tuple[ItemSpread, ...]
    lead: Decimal | None = None
    from_lead: Mapping[str, Decimal] = {}
    lead_fatal: tuple[str, ...] = ()
    deviating: tuple[str, ...] = ()


def spread(sheet: ScoreSheet, judgements: Mapping[str, Judgement], lead: Judgement | None = None) -> Spread:
    """That of whole judgements, by reviewer. Raises JudgementUnfit."""
    scores = {name: score(sheet, one).score for name, one in judgements.items()}
    leading = None if lead is None else score(sheet, lead).score
    from_lead = {} if leading is None else {name: one - leading for name, one in scores.items()}
    lead_fatal = frozenset(lead.fatal if lead else ())
    values = list(scores.values())
    return Spread(
        scores=scores,
        mean=_mean(values),
        deviation=_deviation(values),
        range=max(values) - min(values) if values else None,
        agreement=_share([abs(one - other) <= TOLERANCE for one, other in combinations(values, 2)]),
        fatal={
            error.name: tuple(name for name, one in judgements.items() if error.name in one.fatal)
            for error in sheet.fatal
            if any(error.name in one.fatal for one in judgements.values())
        },
        items=tuple(_item(item.name, judgements, lead) for item in sheet.items()),
        lead=leading,
        from_lead=from_lead,
        lead_fatal=tuple(sorted(lead_fatal)),
        deviating=tuple(
            name
            for name, apart in from_lead.items()
            if abs(apart) > TOLERANCE or judgements[name].fatal.keys() != lead_fatal
        ),
    )


def _item(item: str, judgements: Mapping[str, Judgement], lead: Judgement | None) -> ItemSpread:
    marks = {name: one.marks[item].value for name, one in judgements.items()}
    values = [value for value in marks.values() if value is not None]
    return ItemSpread(
        item=item,
        marks=marks,
        mean=_mean([Decimal(value) for value in values]),
        deviation=_deviation([Decimal(value) for value in values]),
        range=max(values) - min(values) if values else None,
        agreement=_share([one == other for one, other in combinations(marks.values(), 2)]),
        lead=None if lead is None else lead.marks[item].value,
        deviating=tuple(name for name, mark in marks.items() if lead is not None and mark != lead.marks[item].value),
    )


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return _rounded(sum(values, Decimal(0)) / len(values)) if values else None


def _deviation(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    mean = sum(values, Decimal(0)) / len(values)
    return _rounded((sum(((one - mean) ** 2 for one in values), Decimal(0)) / len(values)).sqrt())


def _share(agreed: Sequence[bool]) -> Decimal | None:
    return _rounded(Decimal(100) * sum(agreed) / len(agreed)) if agreed else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)
