"""A report made by hand, with all that a form has to cope with: Chinese names, names that would be formulas or markup,
figures without data, limits of a forecast, and a time compared with.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from recording.figures.catalogue import CATALOGUE
from recording.figures.report import Judgement
from recording.reports.document import (
    Band,
    Formula,
    Language,
    Layout,
    Number,
    ReportDocument,
    Section,
    Span,
    Subject,
    Unit,
)
from recording.reports.words import say

ZONE = ZoneInfo("Asia/Shanghai")
_NUMBER = TypeAdapter(Number)
START = datetime(2026, 11, 20, tzinfo=ZONE)
DAY = Span(start=START, end=START + timedelta(days=1))
WEEK_BEFORE = Span(start=START - timedelta(days=7), end=START - timedelta(days=6))
CENTRE = Subject(kind="centre", name="", title="服务中心 <i>")
ODD_AGENTS = (
    Subject(kind="agent", name="1001", title="李娜"),
    Subject(kind="agent", name="1002", title='=HYPERLINK("x")'),
    Subject(kind="agent", name="1003", title="<b>Anna</b> & 'Co'\x07"),
)


def sample_report(language: Language = Language.ENGLISH) -> ReportDocument:
    """Friday 20 November 2026 of a centre in Shanghai."""

    def number(
        key: str, value: str | None, unit: Unit, subject: Subject = CENTRE, span: Span = DAY, **more: object
    ) -> Number:
        known = None if value is None else Decimal(value)
        title = say(f"figure.{key}", language)
        return _NUMBER.validate_python(
            {
                "key": key,
                "version": 1,
                "formula": f"{key}/1",
                "title": title,
                "subject": subject,
                "span": span,
                "value": known,
                "unit": unit,
            }
            | more
        )

    level = number(
        "service_level",
        "76.25",
        Unit.PERCENT,
        numerator=Decimal(61),
        denominator=Decimal(80),
        sample=80,
        band=Band(low=Decimal(80)),
        judgement=Judgement.BELOW,
        good=False,
        before=Decimal("81.5"),
        calls={"since": START.isoformat(), "queue": "sales"},
    )
    handled = number(
        "handle_time",
        "312.55",
        Unit.SECONDS,
        sample=1240,
        band=Band(low=Decimal(180), high=Decimal(600)),
        judgement=Judgement.IN_BAND,
        good=True,
        before=Decimal("312.55"),
    )
    missing = number("first_contact", None, Unit.PERCENT, band=Band(low=Decimal(85), high=Decimal(100)))
    halves = [
        Span(start=START + timedelta(minutes=30 * half), end=START + timedelta(minutes=30 * half + 30))
        for half in range(16, 36)
    ]
    received = [
        number(
            "received",
            str(40 + (7 * at) % 23),
            Unit.CALLS,
            span=span,
            sample=40,
            before=Decimal(38 + at),
            low=Decimal(30),
            high=Decimal(70),
        )
        for at, span in enumerate(halves)
    ]
    levels = [
        number(
            "service_level",
            None if at == 3 else str(70 + at),
            Unit.PERCENT,
            span=span,
            band=Band(low=Decimal(80)),
            before=Decimal(75),
        )
        for at, span in enumerate(halves)
    ]
    agents = [
        number(key, value, unit, subject)
        for subject, values in zip(ODD_AGENTS, (("92.5", "11.2"), ("88", None), ("100", "9")), strict=True)
        for (key, unit), value in zip(
            (("occupancy", Unit.PERCENT), ("calls_per_hour", Unit.PER_HOUR)), values, strict=True
        )
    ]
    split = [
        number("received", "1240", Unit.CALLS, share=Decimal(100), sample=1240),
        number("received.answered", "1178", Unit.CALLS, share=Decimal(95), sample=1240, before=Decimal(1201)),
    ]
    sections = (
        ("figures", Layout.ROWS, (level, handled, missing)),
        ("received", Layout.ROWS, tuple(split)),
        ("calls", Layout.LINES, (*received, *levels)),
        ("agents", Layout.GRID, tuple(agents)),
        ("queues", Layout.GRID, ()),
    )
    return ReportDocument(
        report="day",
        title=say("report.day", language),
        language=language,
        centre="示范中心",
        subject=CENTRE,
        span=DAY,
        time_zone=ZONE.key,
        compared=WEEK_BEFORE,
        made_at=START + timedelta(days=1, hours=7),
        catalogue=CATALOGUE,
        sections=tuple(
            Section(key=key, title=say(f"section.{key}", language), layout=layout, numbers=numbers)
            for key, layout, numbers in sections
        ),
        formulas=(
            Formula(
                formula="service_level/1",
                title=say("figure.service_level", language),
                words="calls answered within X s ÷ received less blocked and less short abandons",
            ),
        ),
    )
