"""`callcenter quality …`: calls that are judged, in the data base; the service need not run. Who gives a command is
taken at his word (`--by`), as everybody is who has a shell on the machine.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from cti.commands.arguments import by_whom, subcommands
from cti.commands.database import with_store
from cti.commands.errors import BadInput, CommandError, Exit
from cti.commands.quality_draws import (
    draws_arguments,
    explain_arguments,
    explain_draw,
    list_draws,
    sample,
    sample_arguments,
)
from cti.commands.quality_results import (
    bulletin_arguments,
    calibrate,
    calibrate_arguments,
    calibration_arguments,
    close_arguments,
    close_calibration,
    counted_arguments,
    list_calibrations,
    scores_arguments,
    show_bulletin,
    show_calibration,
    show_counted,
    show_scores,
)
from cti.commands.quality_reviewers import (
    absent,
    absent_arguments,
    list_reviewers,
    present,
    reassign_arguments,
    reassign_work,
)
from cti.commands.quality_told import tell_service
from cti.commands.tables import table
from cti.quality_judgement import form, read_judgement
from cti.quality_work import require_no_conflict
from cti.reviewers import person, reviewers
from cti.settings import Settings
from cti.versions.start import current_centre
from recording.access import AccessTokens
from recording.quality.by_hand import draw_call, subject_of
from recording.quality.errors import JudgementUnfit
from recording.quality.evaluations import Evaluation, Person, Phase, Ruling, Step, StepKind
from recording.quality.sheets import ScoreSheet, said
from recording.quality.store import EvaluationFilter, Evaluations
from recording.store import Store


class Unfit(CommandError):
    """A judgement does not fit its sheet: a line for each fault."""

    id = JudgementUnfit.id


def list_sheets(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the score sheets by which calls are judged."""
    centre = current_centre(settings)
    rows = (
        (
            *(one.name, str(sum(1 for _ in one.items())), str(len(one.fatal)), str(one.pass_mark)),
            said(one.title, centre.languages[0]),
        )
        for one in centre.sheets.values()
    )
    print(table(("SHEET", "ITEMS", "FATAL", "PASS MARK", "TITLE"), rows))
    return Exit.DONE


def show_form(settings: Settings, given: argparse.Namespace) -> Exit:
    """Write a form to be filled in, for `callcenter quality score`."""
    centre = current_centre(settings)
    print("\n".join(form(sheet_named(centre.sheets, given.sheet), given.language or centre.languages[0])))
    return Exit.DONE


def list_evaluations(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show evaluations, the last drawn first."""
    which = EvaluationFilter(
        phases=frozenset({Phase(given.phase)} if given.phase else ()),
        agent=given.agent,
        reviewer=given.reviewer,
        queue=given.queue,
        due_before=datetime.now(UTC) if given.overdue else None,
        size=given.limit,
    )
    found = with_store(settings, lambda store: Evaluations(store).page(which))
    if given.json:
        print_json(found)
        return Exit.DONE
    zone = current_centre(settings).time_zone
    print(
        table(("DRAWN", "PHASE", "AGENT", "QUEUE", "REVIEWER", "RULE", "SCORE", "ID"), (_row(x, zone) for x in found))
    )
    return Exit.DONE


def show_evaluation(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show an evaluation: its judgement, and every step of it."""

    async def read(store: Store) -> tuple[Evaluation, list[Step]]:
        evaluations = Evaluations(store)
        return await evaluations.find(given.id), await evaluations.steps(given.id)

    found, steps = with_store(settings, read)
    if given.json:
        print_json([found, *steps])
        return Exit.DONE
    zone = current_centre(settings).time_zone
    print("\n".join(_described(found, steps, zone)))
    return Exit.DONE


def draw(settings: Settings, given: argparse.Namespace) -> Exit:
    """Have a call judged that no rule drew: on a reviewer's work list, or on everybody's."""
    sheet = sheet_named(current_centre(settings).sheets, given.sheet)

    async def work(store: Store) -> Evaluation:
        reviewer = await _reviewer(store, given.reviewer) if given.reviewer else None
        if reviewer is not None:
            rules = current_centre(settings).sampling
            await require_no_conflict(store, rules, reviewer, await subject_of(store, given.call, given.agent))
        return await draw_call(
            *(store, given.call, given.agent, sheet, reviewer, datetime.now(UTC)),
            by=given.by,
            zone=current_centre(settings).time_zone,
        )

    drawn = with_store(settings, work)
    tell_service(settings)
    print(f"Agent {drawn.agent} in this call: evaluation {drawn.id}.")
    return Exit.DONE


def step(settings: Settings, given: argparse.Namespace, kind: StepKind) -> Exit:
    """Take a step on an evaluation, as it is now."""
    judgement = read_judgement(Path(given.file)) if getattr(given, "file", None) else None

    async def work(store: Store) -> Evaluation:
        by = await person(AccessTokens(store), given.by)
        if agent := getattr(given, "as_agent", None):
            by = Person(name=given.by, agent=agent)
        taken = Step(
            kind=kind,
            at=datetime.now(UTC),
            by=by,
            in_charge=True,
            note=getattr(given, "note", ""),
            judgement=judgement,
            ruling=getattr(given, "ruling", None),
            to=await _reviewer(store, given.to) if getattr(given, "to", "") else None,
        )
        evaluations = Evaluations(store)
        found = await evaluations.find(given.id)
        deciding = kind is StepKind.DECIDE
        judges = by if deciding or kind is StepKind.CLAIM else taken.to
        if judges is not None:
            rules = current_centre(settings).sampling
            await require_no_conflict(store, rules, judges, found, deciding=deciding)
        return await evaluations.take(given.id, taken, found.revision)

    try:
        after = with_store(settings, work)
    except JudgementUnfit as error:
        raise Unfit("\n  ".join(("the judgement does not fit its sheet:", *error.problems))) from None
    tell_service(settings)
    print(f"{after.id}: {after.phase}{'' if after.score is None else f', score {after.score}'}.")
    return Exit.DONE


def sheet_named(sheets: Mapping[str, ScoreSheet], name: str | None) -> ScoreSheet:
    """The score sheet of that name; with no name, the only one there is. Raises BadInput."""
    if name is None and len(sheets) == 1:
        return next(iter(sheets.values()))
    if name is None or name not in sheets:
        raise BadInput(f"score sheet {name or ''!r}; expected one of: {', '.join(sheets) or 'none yet'}")
    return sheets[name]


def print_json(values: Iterable[BaseModel]) -> None:
    """As a list of JSON objects."""
    print(json.dumps([one.model_dump(mode="json") for one in values], indent=2, ensure_ascii=False))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter quality`."""
    command = subcommands(parser, required=True)
    command("sheets", list_sheets)
    forms = command("form", show_form)
    forms.add_argument("sheet", nargs="?", help="the score sheet; may be missing where there is only one")
    forms.add_argument("--language", help="of the titles (default: the centre's first)")
    listing = command("list", list_evaluations)
    listing.add_argument("--phase", choices=[phase.value for phase in Phase])
    listing.add_argument("--agent", metavar="NUMBER")
    listing.add_argument("--reviewer", metavar="NAME", help='on whose work list; "" for everybody\'s')
    listing.add_argument("--queue")
    listing.add_argument("--overdue", action="store_true", help="only those whose next step was due before now")
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--json", action="store_true")
    showing = command("show", show_evaluation)
    showing.add_argument("id")
    showing.add_argument("--json", action="store_true")
    drawing = command("draw", draw)
    drawing.add_argument("call", help="the id of the call")
    drawing.add_argument("--agent", metavar="NUMBER", help="who is judged (default: the first who spoke)")
    drawing.add_argument("--sheet", help="by which score sheet; may be missing where there is only one")
    drawing.add_argument("--reviewer", metavar="NAME", help="on whose work list (default: everybody's)")
    by_whom(drawing)
    sample_arguments(command("sample", sample))
    draws_arguments(command("draws", list_draws))
    explain_arguments(command("explain", explain_draw))
    bulletin_arguments(command("bulletin", show_bulletin))
    scores_arguments(command("scores", show_scores))
    counted_arguments(command("counted", show_counted))
    calibrate_arguments(command("calibrate", calibrate))
    command("reviewers", list_reviewers)
    absent_arguments(command("absent", absent))
    command("present", present).add_argument("name", help="the reviewer")
    reassign_arguments(command("reassign", reassign_work))
    command("calibrations", list_calibrations).add_argument("--limit", type=int, default=20)
    calibration_arguments(command("calibration", show_calibration))
    close_arguments(command("close", close_calibration))
    for kind, what in STEPS.items():
        _step_arguments(command(kind.value.replace("_", "-"), _step(kind, what)), kind)


STEPS = {
    StepKind.CLAIM: "Begin to judge.",
    StepKind.GIVE_BACK: "Stop judging without a score.",
    StepKind.HAND_OVER: "Put it on another reviewer's work list.",
    StepKind.SCORE: "Judge the call by the filled form (`callcenter quality form`).",
    StepKind.RELEASE: "Let the agent see it.",
    StepKind.ACKNOWLEDGE: "Note that the agent has taken note of it.",
    StepKind.APPEAL: "Note that the agent does not agree, and why.",
    StepKind.DECIDE: "Decide an appeal.",
    StepKind.SET_ASIDE: "Say why it cannot be judged.",
}


def _step(kind: StepKind, what: str) -> Callable[[Settings, argparse.Namespace], Exit]:
    def run(settings: Settings, given: argparse.Namespace) -> Exit:
        return step(settings, given, kind)

    run.__doc__ = what
    return run


def _step_arguments(parser: argparse.ArgumentParser, kind: StepKind) -> None:
    parser.add_argument("id")
    by_whom(parser)
    if kind in (StepKind.APPEAL, StepKind.DECIDE, StepKind.SET_ASIDE):
        parser.add_argument("--note", required=True, metavar="WORDS")
    if kind in (StepKind.ACKNOWLEDGE, StepKind.APPEAL):
        parser.add_argument("--agent", dest="as_agent", required=True, metavar="NUMBER", help="whose word it is")
    if kind is StepKind.HAND_OVER:
        parser.add_argument("to", metavar="NAME", help='the reviewer; "" for everybody')
    if kind is StepKind.SCORE:
        parser.add_argument("file", help="the filled form")
    if kind is StepKind.DECIDE:
        parser.add_argument("ruling", choices=[ruling.value for ruling in Ruling], type=Ruling)
        parser.add_argument("--judgement", dest="file", metavar="FILE", help="the new one, where the score is changed")


async def _reviewer(store: Store, name: str) -> Person:
    known = await reviewers(AccessTokens(store))
    if name not in known:
        raise BadInput(
            f"reviewer {name!r}; expected one of: {', '.join(known) or 'none yet'} (tokens add --may review)"
        )
    return known[name]


def _row(one: Evaluation, zone: ZoneInfo) -> tuple[str, ...]:
    reviewer = one.reviewer.name if one.reviewer else "-"
    score = "-" if one.score is None else str(one.score)
    return (
        _local(one.drawn_at, zone),
        one.phase,
        one.agent,
        one.queue or "-",
        reviewer,
        one.rule or "-",
        score,
        one.id,
    )


def _described(one: Evaluation, steps: Iterable[Step], zone: ZoneInfo) -> Iterable[str]:
    score = (
        "none" if one.score is None else f"{one.score}{'' if one.first_score is None else f' (was {one.first_score})'}"
    )
    yield table(
        ("Evaluation", one.id),
        [
            *(("Call", one.call), ("Agent", one.agent), ("Sheet", one.sheet), ("Phase", one.phase), ("Score", score)),
            ("Reviewer", one.reviewer.name if one.reviewer else "everybody"),
            *([("Due", _local(one.due_at, zone))] if one.due_at else []),
        ],
    )
    if one.judgement is not None:
        marks = one.judgement.marks.items()
        rows = ((name, "-" if mark.value is None else str(mark.value), mark.comment) for name, mark in marks)
        yield "\n" + table(("ITEM", "MARK", "COMMENT"), rows)
        for name, what in one.judgement.fatal.items():
            yield f"fatal: {name}: {what}"
        for mark in one.judgement.time_marks:
            about = f", {mark.item}" if mark.item else ""
            yield f"{mark.at_ms / 1000:.3f} s in recording {mark.recording}{about}: {mark.comment}".rstrip(": ")
    said = ((_local(step.at, zone), _what(step), step.by.name, step.note) for step in steps)
    yield "\n" + table(("AT", "STEP", "BY", "NOTE"), said)


def _what(step: Step) -> str:
    """What was done: how an appeal was decided, to whom it was handed over."""
    if step.ruling is not None:
        return f"{step.kind}: {step.ruling}"
    if step.kind is StepKind.HAND_OVER:
        return f"{step.kind}: {step.to.name if step.to else 'everybody'}"
    return step.kind


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
