"""Draws the agent's state machine from its table; `python -m tests.agent_states` puts it into docs/agent-states.md."""

from pathlib import Path

from acd.agents import TRANSITIONS
from acd.states import Activity

PAGE = Path(__file__).parent.parent / "docs" / "agent-states.md"
BEGIN, END = "```mermaid\n", "```\n"


def diagram() -> str:
    """The table as a mermaid state diagram, a line for each row."""
    rows = "".join(f"    {before} --> {after}: {event}\n" for (before, event), after in TRANSITIONS.items())
    return f"stateDiagram-v2\n    [*] --> {Activity.IDLE}\n{rows}"


def redrawn(page: str) -> str:
    """The page with its diagram drawn anew. Raises ValueError where it has none."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no diagram; expected a block that begins with {BEGIN!r}")
    return before + BEGIN + diagram() + END + after


if __name__ == "__main__":
    PAGE.write_text(redrawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
