"""How a number, a target, a change and a time are written for people. Values are rounded half up, as people do it."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from recording.reports.document import Band, Language, Number, Span, Subject, Unit
from recording.reports.words import say

PLACES = {
    Unit.PERCENT: 1,
    Unit.SECONDS: 1,
    Unit.MONEY: 2,
    Unit.RINGS: 1,
    Unit.PER_HOUR: 1,
    Unit.POINTS: 1,
    Unit.CALLS: 0,
    Unit.PEOPLE: 0,
    Unit.HOURS: 1,
}

MINUS = "−"


def rounded(value: Decimal, unit: Unit) -> Decimal:
    """To as many places as people read of that unit."""
    return value.quantize(Decimal(1).scaleb(-PLACES[unit]), ROUND_HALF_UP)


def plain(value: Decimal, unit: Unit) -> str:
    """The value without its unit, thousands apart: 12,345."""
    return f"{rounded(value, unit):,f}".replace("-", MINUS)


def with_unit(value: Decimal | None, unit: Unit, language: Language) -> str:
    """ "92.3 %"; "no data" where there is none."""
    if value is None:
        return say("no-data", language)
    return f"{plain(value, unit)} {say(f'unit.{unit}', language)}".rstrip()


def change(number: Number, language: Language) -> str:
    """ "+4.2 points"; nothing where either side is not known."""
    if number.change is None:
        return ""
    moved = rounded(number.change, number.unit)
    sign = "+" if moved > 0 else MINUS if moved < 0 else "±"
    unit = say("unit.change.%" if number.unit is Unit.PERCENT else f"unit.{number.unit}", language)
    return f"{sign}{plain(abs(moved), number.unit)} {unit}".rstrip()


def subject(whose: Subject, language: Language) -> str:
    """What stands in a heading: "Team t3"; the centre by its title alone."""
    return say(f"subject.{whose.kind}", language, title=whose.title)


def band(limits: Band | None, language: Language) -> str:
    """ "20–60", "≥ 92", "≤ 1", "norm 98"; nothing where there is none."""
    match limits:
        case Band(low=Decimal() as low, high=Decimal() as high):
            return f"{_short(low)}–{_short(high)}"
        case Band(low=Decimal() as low):
            return f"≥ {_short(low)}"
        case Band(high=Decimal() as high):
            return f"≤ {_short(high)}"
        case Band(norm=Decimal() as norm):
            return say("norm", language, value=_short(norm))
        case _:
            return ""


def judgement(number: Number, language: Language) -> str:
    """How it stands to its band, in a word: what is good is so on either side of it."""
    if number.judgement is None:
        return ""
    return say("judgement.in_band" if number.good else f"judgement.{number.judgement}", language)


def span(times: Span, language: Language) -> str:
    """ "2026-11-21", "2026-11-16 to 2026-11-22", "2026-11-21 08:00 to 09:00"."""
    start, end = times.start, times.end
    if start.time() == end.time() == start.min.time():
        last = (end - timedelta(days=1)).date()
        return f"{start:%Y-%m-%d}" if last <= start.date() else f"{start:%Y-%m-%d} {_until(language)} {last}"
    shown = f"{end:%H:%M}" if (end - timedelta(microseconds=1)).date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} {_until(language)} {shown}"


def time_of(times: Span, whole: Span) -> str:
    """The beginning of one part of a report's time, as short as the whole allows: "08:30", "11-21", "11-21 08:30"."""
    within_a_day = whole.end - whole.start <= timedelta(hours=25)
    if within_a_day:
        return f"{times.start:%H:%M}"
    if times.end - times.start >= timedelta(hours=23):
        return f"{times.start:%m-%d}"
    return f"{times.start:%m-%d %H:%M}"


def day(day: date, language: Language) -> str:
    """A day of a week: "Mon 11-30"."""
    return f"{say(f'weekday.{day.isoweekday()}', language)} {day:%m-%d}"


def _until(language: Language) -> str:
    return say("until", language)


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}"
