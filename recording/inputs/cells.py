"""How single cells of sheets are read and written: words, yes and no, lists, names by language, days."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from recording.inputs.days import FIRST, LAST, within_calendar
from recording.inputs.sheet import Column

AGENT = r"[0-9]{1,12}"
NAME = r"[a-z][a-z0-9_-]{0,31}"
YES, NO = "yes", "no"


def fitting(pattern: str) -> Callable[[str], str]:
    """Reads a text of this form, whole."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def yes_or_no(text: str) -> bool:
    """Reads yes and no."""
    if text.lower() not in (YES, NO):
        raise ValueError(text)
    return text.lower() == YES


def said(value: bool) -> str:
    """Writes yes and no."""
    return YES if value else NO


def names(text: str) -> tuple[str, ...]:
    """Reads names with semicolons between."""
    return tuple(fitting(NAME)(one.strip()) for one in text.split(";") if one.strip())


def joined(values: Sequence[str]) -> str:
    """Writes what `names` reads."""
    return "; ".join(values)


def by_language(text: str) -> Mapping[str, str]:
    """Reads `en=Order taken; cmn=已下单`."""
    titles: dict[str, str] = {}
    for one in (part for part in text.split(";") if part.strip()):
        language, sign, title = one.partition("=")
        language = fitting(NAME)(language.strip())
        if not sign or not title.strip() or language in titles:
            raise ValueError(text)
        titles[language] = title.strip()
    if not titles:
        raise ValueError(text)
    return titles


def titled(titles: Mapping[str, str]) -> str:
    """Writes what `by_language` reads."""
    return "; ".join(f"{language}={title}" for language, title in titles.items())


def day_column(name: str = "day") -> Column:
    """A column of days."""
    expected = f"a day such as 2026-11-22, from {FIRST} to {LAST}"
    return Column(name=name, expected=expected, read=_day, write=date.isoformat)


def _day(text: str) -> date:
    return within_calendar(date.fromisoformat(text))


def agent_column(name: str = "agent") -> Column:
    """A column of agents' numbers."""
    return Column(name=name, expected="the number of an agent", read=fitting(AGENT))


def note_column(name: str = "note", most: int = 200) -> Column:
    """A column of free text in one line, which may be missing."""
    read = fitting(rf"[^\x00-\x1f\x7f]{{0,{most}}}")
    return Column(name=name, expected=f"at most {most} characters in one line", read=read, otherwise="")
