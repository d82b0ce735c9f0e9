"""Telephone numbers as they are compared: carriers write the same one in many ways.

Pure. With the centre's country code the national and the international form of a number are one (ITU-T E.164).
"""

import re

INTERNATIONAL = "00"
TRUNK = "0"
"""What is dialled before a number of another area or abroad in almost every country (not in North America and Italy,
where callers must be entered as the carrier shows them)."""

LONGEST_NATIONAL = 11
"""A number of more figures that begins with the country code has it in front, whether a + stands there or not."""

SHORT = 6
"""Numbers of so many figures are extensions and service numbers: the same everywhere inside, and nowhere outside."""


def canonical(number: str, country_code: str = "") -> str:
    """The number in its one form: +, country code, number; as it was dialled where the country code is not known.

    Empty where there is no figure in it (a caller who hides his number).
    """
    figures = re.sub(r"[^0-9]", "", number)
    if not figures or len(figures) <= SHORT:
        return figures
    if number.lstrip().startswith("+"):
        return f"+{figures}"
    if figures.startswith(INTERNATIONAL):
        return f"+{figures.removeprefix(INTERNATIONAL)}"
    if not country_code:
        return figures
    if figures.startswith(country_code) and len(figures) > LONGEST_NATIONAL:
        return f"+{figures}"
    return f"+{country_code}{figures.removeprefix(TRUNK)}"


def spellings(number: str, country_code: str = "") -> frozenset[str]:
    """Every way a carrier may write this number; nothing where there is no figure in it."""
    one = canonical(number, country_code)
    found = {number, one}
    if one.startswith("+"):
        found |= {one[1:], INTERNATIONAL + one[1:]}
        if country_code and one.startswith(f"+{country_code}"):
            national = one.removeprefix(f"+{country_code}")
            found |= {national, TRUNK + national}
    return frozenset(found) if one else frozenset()
