"""What a judgement is worth by its sheet: pure, and exact, because it is counted in fractions and rounded once.

The score is 100 x sum(weight x mark / best mark) / sum(weight) over the items that apply, so that the weight of an item
that does not apply falls to the others in proportion; then no more than the smallest cap of the fatal errors made.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from recording.quality.errors import JudgementUnfit
from recording.quality.sheets import Fatal, Item, ItemKind, Judgement, ScoreSheet

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Result:
    """`score` is 0 to 100 with two decimals, `plain` what it were without fatal errors; `sections` that of each
    section, None where nothing in it applied."""

    score: Decimal
    plain: Decimal
    sections: Mapping[str, Decimal | None]
    passed: bool

    @property
    def hundredths(self) -> int:
        """The score as data bases keep it."""
        return int(self.score * 100)


def score(sheet: ScoreSheet, judgement: Judgement) -> Result:
    """Its worth. Raises JudgementUnfit with everything that does not fit."""
    if problems := list(unfit(sheet, judgement, whole=True)):
        raise JudgementUnfit(problems)
    plain = _rounded(_worth(sheet.items(), judgement) or Fraction(0))
    caps = [Decimal(one.cap) for one in sheet.fatal if one.name in judgement.fatal]
    total = min([plain, *caps]).quantize(HUNDREDTH)
    sections = {section.name: _worth(section.items, judgement) for section in sheet.sections}
    return Result(
        score=total,
        plain=plain,
        sections={name: None if worth is None else _rounded(worth) for name, worth in sections.items()},
        passed=total >= sheet.pass_mark,
    )


def share(item: Item, judgement: Judgement) -> Fraction | None:
    """How much of the item's best mark it got, 0 to 1; None where it does not apply."""
    mark = judgement.marks[item.name]
    return None if mark.value is None else Fraction(mark.value, item.most)


def unfit(sheet: ScoreSheet, judgement: Judgement, *, whole: bool) -> Iterator[str]:
    """What does not fit, a sentence each; a judgement that need not be `whole` yet may lack marks and comments."""
    items = {item.name: item for item in sheet.items()}
    fatal: dict[str, Fatal] = {one.name: one for one in sheet.fatal}
    for name in judgement.marks.keys() - items.keys():
        yield f"marks: the sheet has no item {name!r}; expected one of: {', '.join(items)}"
    for name in judgement.fatal.keys() - fatal.keys():
        yield f"fatal: the sheet has no fatal error {name!r}; expected one of: {', '.join(fatal) or 'none'}"
    for number, time_mark in enumerate(judgement.time_marks, 1):
        if time_mark.item and time_mark.item not in items | fatal:
            yield f"time mark {number}: the sheet has no item {time_mark.item!r}"
    for item in items.values():
        yield from _item_unfit(item, judgement, whole=whole)
    if not whole:
        return
    for name, comment in judgement.fatal.items():
        if not comment.strip():
            yield f"{name}: a comment is missing; expected what happened"
    if not any(mark.value is not None for mark in judgement.marks.values()):
        yield "no item applies to this call; expected one at least, or the call set aside"


def _item_unfit(item: Item, judgement: Judgement, *, whole: bool) -> Iterator[str]:
    mark = judgement.marks.get(item.name)
    if mark is None:
        if whole:
            yield f"{item.name}: there is no mark; expected {allowed(item)}"
        return
    if mark.value is None:
        if not item.not_applicable:
            yield f"{item.name}: it always applies; expected {allowed(item)}"
    elif not 0 <= mark.value <= item.most:
        yield f"{item.name}: {mark.value} does not fit; expected {allowed(item)}"
    elif whole and mark.value < item.comment_below and not mark.comment.strip():
        yield f"{item.name}: a comment is missing; expected one for a mark below {item.comment_below}"


def allowed(item: Item) -> str:
    """Which marks it may get, in words."""
    marks = "1 (yes) or 0 (no)" if item.kind is ItemKind.YES_NO else f"a mark from 0 to {item.most}"
    return f"{marks}, or null (not applicable)" if item.not_applicable else marks


def _worth(items: Iterable[Item], judgement: Judgement) -> Fraction | None:
    got = [(item.weight, part) for item in items if (part := share(item, judgement)) is not None]
    if not got:
        return None
    return 100 * sum((weight * part for weight, part in got), Fraction(0)) / sum(weight for weight, _ in got)


def _rounded(worth: Fraction) -> Decimal:
    # a fraction of 28 digits and more would be rounded twice by a division of decimals: round it here, half up
    hundredths = (200 * worth + 1) // 2
    return (Decimal(hundredths) / 100).quantize(HUNDREDTH, ROUND_HALF_UP)
