"""Random flows for hypothesis: every kind of node that needs nothing of the house, the ways of silence always forward,
so that each call ends; keys lead anywhere, back included.
"""

from typing import Any

from hypothesis import strategies as st

from ivr.flow.model import Flow

WORDS = ("Welcome", "Sorry", "Choose", "Thank you", "One moment", "Goodbye")
CONDITIONS = (
    "points > 2",
    "caller.number = '13800138000'",
    "keyed starts with '1'",
    "not missing",
    "call.language = 'en'",
)


@st.composite
def flows(draw: st.DrawFn, most: int = 8) -> Flow:
    """A flow of up to so many nodes and a goodbye, in English and Mandarin."""
    count = draw(st.integers(1, most))
    names = [f"n{number}" for number in range(count)]
    nodes = {name: draw(_node(number, names)) for number, name in enumerate(names)}
    nodes["end"] = {"kind": "hangup", "reason": "over", "text": draw(_said("end"))}
    operator = draw(st.sampled_from([None, names[-1], "end"]))
    return Flow.model_validate(
        {"flow": "random", "languages": ("en", "cmn"), "start": "n0", "operator": operator, "nodes": nodes}
    )


@st.composite
def _said(draw: st.DrawFn, name: str) -> dict[str, str]:
    word = draw(st.sampled_from(WORDS))
    return {"en": f"{word} at {name}.", "cmn": f"{name}处{draw(st.sampled_from('一二三'))}。"}


@st.composite
def _node(draw: st.DrawFn, number: int, names: list[str]) -> dict[str, Any]:  # noqa: PLR0911 (one case for each kind)
    name = names[number]
    ahead = st.sampled_from([*names[number + 1 :], "end"])
    anywhere = st.sampled_from([*names, "end"])
    text = draw(_said(name))
    asking = {
        "text": text,
        "tries": draw(st.integers(1, 3)),
        "invalid": draw(st.sampled_from([{}, {"en": "Wrong.", "cmn": "错。"}])),
        "timeout": draw(st.sampled_from([{}, {"en": "Silent.", "cmn": "静。"}])),
    }
    spoken = {"barge_in": draw(st.booleans()), "every_language": draw(st.booleans())}
    kind = draw(st.sampled_from(["say", "menu", "language", "collect", "survey", "branch", "set", "hours", "queue"]))
    match kind:
        case "say":
            return {"kind": kind, "text": text, **spoken, "next": draw(ahead)}
        case "menu":
            choices = draw(st.dictionaries(st.sampled_from("0123456789*#"), anywhere, min_size=1, max_size=3))
            return {"kind": kind, **asking, **spoken, "choices": choices, "otherwise": draw(ahead)}
        case "language":
            choices = {"1": "en", "2": "cmn"}
            return {"kind": kind, **asking, "barge_in": spoken["barge_in"], "choices": choices, "next": draw(ahead)}
        case "collect":
            least = draw(st.integers(1, 4))
            length = draw(st.sampled_from([least, (least, least + 3)]))
            more = {
                "length": length,
                "terminator": draw(st.sampled_from(["#", "none"])),
                "into": "keyed",
                "secret": draw(st.booleans()),
            }
            more["confirm"] = not more["secret"] and draw(st.booleans())
            return {"kind": kind, **asking, **spoken, **more, "next": draw(ahead), "otherwise": draw(ahead)}
        case "survey":
            thanks = draw(st.sampled_from([{}, {"en": "Thanks.", "cmn": "谢谢。"}]))
            return {"kind": kind, "survey": "care", **asking, **spoken, "thanks": thanks, "next": draw(ahead)}
        case "branch":
            cases = [{"when": draw(st.sampled_from(CONDITIONS)), "next": draw(ahead)} for _ in range(2)]
            return {"kind": kind, "cases": cases, "otherwise": draw(ahead)}
        case "set":
            return {"kind": kind, "data": {"points": draw(st.integers(0, 5)), "missing": False}, "next": draw(ahead)}
        case "hours":
            return {"kind": kind, "calendar": "office", "open": draw(ahead), "closed": draw(ahead)}
        case _:
            return {"kind": "queue", "queue": "sales", "then": draw(ahead)}
