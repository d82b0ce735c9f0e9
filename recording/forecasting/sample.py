"""The sample history that is shipped: 60 weeks of a made-up hotline, to try the forecast on before one has a past of
one's own (tests/sample_history.py says how it was made).
"""

import csv
from datetime import date
from importlib.resources import files
from zoneinfo import ZoneInfo

from recording.forecasting.history import History

ZONE = ZoneInfo("Asia/Shanghai")


def sample() -> tuple[History, dict[date, str]]:
    """The history, and its special days by their names."""
    text = (files("recording.forecasting") / "sample.csv").read_text("utf-8")
    rows = list(csv.reader(text.splitlines()))[1:]
    days = tuple(tuple(float(calls) for calls in row[2:]) for row in rows)
    special = {date.fromisoformat(row[0]): row[1] for row in rows if row[1]}
    return History(date.fromisoformat(rows[0][0]), days), special
