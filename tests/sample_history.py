"""Makes the sample history that we ship (recording/forecasting/sample.csv): 60 weeks of a made-up hotline, shaped as
floors describe theirs. Nothing in it is drawn from the forecast's own model: days go up and down together (what moves
callers lasts for days), each half hour scatters more than Poisson, holidays and one outage break the week.

    python -m tests.sample_history        writes it anew, always the same
"""

import csv
import io
import math
from datetime import date, timedelta
from pathlib import Path
from random import Random

FILE = Path(__file__).parents[1] / "recording/forecasting/sample.csv"
FIRST = date(2025, 9, 1)
WEEKS = 60
WEEKDAYS = (1.25, 1.1, 1.0, 1.0, 1.05, 0.55, 0.4)
DAILY = 900
GROWTH, SEASON, MEMORY, UNREST, SHAKEN, CLUSTER = 0.0006, 0.08, 0.6, 0.06, 0.08, 40.0
HOLIDAYS = {
    **{date(2025, 10, day): "National Day" for day in range(1, 9)},
    date(2026, 1, 1): "New Year",
    **{date(2026, 2, day): "Spring Festival" for day in range(16, 24)},
    **{date(2026, 5, day): "Labour Day" for day in range(1, 6)},
    **{date(2026, 10, day): "National Day" for day in range(1, 8)},
}
OUTAGE = {date(2026, 6, 17): "outage"}


def text() -> str:
    """The file: a day in each row, its name if it was special, the calls of its 48 half hours."""
    random = Random(20251122)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("day", "special", *(f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in range(48))))
    mood = 0.0
    for number in range(WEEKS * 7):
        day = FIRST + timedelta(days=number)
        mood = MEMORY * mood + random.gauss(0, UNREST)
        special = HOLIDAYS.get(day) or OUTAGE.get(day) or ""
        level = DAILY * WEEKDAYS[day.weekday()] * (1 + GROWTH * number) * math.exp(mood)
        level *= 1 + SEASON * math.sin(2 * math.pi * number / 365)
        level *= 2.2 if day in OUTAGE else 0.3 if special else 1.0
        shape = [_shape(day.weekday(), slot / 2) * math.exp(random.gauss(0, SHAKEN)) for slot in range(48)]
        calls = (_count(random, level * share / sum(shape)) for share in shape)
        writer.writerow((day.isoformat(), special, *calls))
    return out.getvalue()


def _shape(weekday: int, hour: float) -> float:
    humps = ((10, 1.6, 1.0), (15, 2.2, 0.85), (20, 1.8, 0.3)) if weekday < 5 else ((11, 2.2, 1.0), (16, 3.0, 0.6))
    return 0.015 + sum(height * math.exp(-0.5 * ((hour - at) / width) ** 2) for at, width, height in humps)


def _count(random: Random, mean: float) -> int:
    """Poisson around a mean that itself scatters (gamma)."""
    limit, product, count = math.exp(-mean * random.gammavariate(CLUSTER, 1 / CLUSTER)), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
