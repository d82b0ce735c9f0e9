"""The example in docs/reports.md, as a report of figures made by hand is printed; `python -m tests.reports_page` writes
it anew.
"""

from pathlib import Path

from recording.reports.rendering.text import text_of
from tests.sample_report import sample_report

PAGE = Path(__file__).parents[1] / "docs" / "reports.md"
PROMPT = "    $ callcenter report day --at 2026-11-20"


def rewritten(text: str) -> str:
    """The page with what is printed today."""
    lines = []
    printing = False
    for line in text.splitlines():
        printing = printing and line.startswith("    ")
        if not printing:
            lines.append(line)
        if line == PROMPT:
            printing = True
            lines += [f"    {shown}".rstrip() or "    " for shown in text_of(sample_report()).splitlines()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
