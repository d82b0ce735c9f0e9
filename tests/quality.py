"""Made-up sheets, judgements and evaluations for tests of quality."""

from collections.abc import Mapping
from datetime import UTC, datetime

from recording.quality.evaluations import Evaluation, Person, Ruling, Step, StepKind
from recording.quality.sheets import Fatal, Item, ItemKind, Judgement, Mark, ScoreSheet, Section
from recording.record import CallRecord, Recording
from recording.store import Store
from recording.transactions import write_records
from tests.ledgers import real_call

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
ANNA, BORIS, CHIEF = Person(name="anna"), Person(name="boris", agent="1009"), Person(name="chief")
AGENT = Person(name="li-na", agent="1001")


def item(name: str, weight: int = 1, most: int = 1, **more: object) -> Item:
    """An item without words."""
    kind = ItemKind.YES_NO if most == 1 else ItemKind.SCALE
    return Item.model_validate({"name": name, "title": {}, "kind": kind, "weight": weight, "most": most, **more})


def sheet(*items: Item, fatal: Mapping[str, int] | None = None) -> ScoreSheet:
    """A section for every two items."""
    return ScoreSheet(
        name="made",
        title={},
        sections=tuple(
            Section(name=f"s{start}", title={}, items=items[start : start + 2]) for start in range(0, len(items), 2)
        ),
        fatal=tuple(Fatal(name=name, title={}, cap=cap) for name, cap in (fatal or {}).items()),
    )


SHEET = sheet(item("hello"), item("right", 3, 5), fatal={"lied": 0})


def judged(fatal: Mapping[str, str] | None = None, **marks: int | None) -> Judgement:
    """Marks without comments."""
    return Judgement(marks={name: Mark(value=value) for name, value in marks.items()}, fatal=fatal or {})


def drawn(name: str = "e1", *, call: str = "c1", agent: str = "1001", **more: object) -> Evaluation:
    """An evaluation on everybody's work list."""
    return Evaluation.model_validate(
        {
            "id": name,
            "call": call,
            "agent": agent,
            "queue": "sales",
            "team": "day",
            "call_at": AT,
            "talk_ms": 60_000,
            "sheet": SHEET.name,
            "sheet_digest": SHEET.digest,
            "drawn_at": AT,
            **more,
        }
    )


def step(
    kind: StepKind,
    by: Person = ANNA,
    *,
    at: datetime = AT,
    note: str = "",
    judgement: Judgement | None = None,
    ruling: Ruling | None = None,
    in_charge: bool = False,
    to: Person | None = None,
) -> Step:
    """A step of anna's at that time."""
    return Step(kind=kind, at=at, by=by, note=note, judgement=judgement, ruling=ruling, in_charge=in_charge, to=to)


async def keep(store: Store, *records: CallRecord) -> None:
    """As if these calls had been folded."""
    async with store.transaction() as connection:
        await write_records(connection, records)


async def keep_heard(store: Store, *calls: str) -> None:
    """Calls of these ids, each with a recording of a minute."""
    sound = Recording(file="1.wav", started_at=AT, duration_ms=60_000, bytes=1, sha256="")
    real = real_call("answered_with_hold").record()
    await keep(store, *(real.model_copy(update={"id": one, "linkedid": one, "recordings": (sound,)}) for one in calls))
