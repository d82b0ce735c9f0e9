"""What of `dialplans/quality/` fits, and yet is worth a word: names in the sampling rules that nobody in the data base
is called, and sheets that do not speak all of the centre's languages. People come and go without the files, so a name
that is not there is told, and refuses nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cti.quality_files import SHEETS, SheetFile
from cti.reviewers import reviewers
from cti.sampling_file import FILE, SamplingFile
from ivr.documents import Document, Problem, read_document
from ivr.yaml_tree import Path as Place
from recording.access import AccessTokens
from recording.inputs.outcomes import Outcomes
from recording.inputs.staffing import TEAM
from recording.quality.sampling import SamplingRules
from recording.store import Store


@dataclass(frozen=True, slots=True)
class Known:
    """The names in the data base that rules may use."""

    agents: Collection[str]
    teams: Collection[str]
    outcomes: Collection[str]
    reviewers: Collection[str]


async def known_in(store: Store) -> Known:
    """Those of this data base, of people who have left, too. Raises SQLAlchemy's errors while it is away."""
    agents = await store.agents(active_only=False)
    return Known(
        agents=[one.number for one in agents],
        teams=sorted({one.attributes[TEAM] for one in agents if one.attributes.get(TEAM)}),
        outcomes=[one.code for one in await Outcomes(store).all()],
        reviewers=list(await reviewers(AccessTokens(store))),
    )


def warnings(folder: Path, languages: Collection[str], known: Known | None) -> Iterator[Problem]:
    """All that is worth a word in files that fit, in their order; names only where it is known which there are."""
    for file in sorted((folder / SHEETS).glob("*.yaml")):
        yield from _unspoken(read_document(file, SheetFile), languages)
    if known is not None and (file := folder / FILE).exists():
        document = read_document(file, SamplingFile)
        for place, what, name, there in _used(document.value.model_dump(), known):
            if name not in there:
                yield document.unknown(place, what, name, there, key=place[-1] == name)


def unknown_in(rules: SamplingRules, known: Known) -> list[str]:
    """The same of rules that hold, in words: what, and the name."""
    written = {
        "rules": {one.name: one.model_dump(include={"where", "reviewers"}) for one in rules.rules},
        "reviewers": {
            "never": {name: one.model_dump() for name, one in rules.never.items()},
            "moderators": rules.moderators,
        },
    }
    return list(dict.fromkeys(f"{what} {name}" for _, what, name, there in _used(written, known) if name not in there))


def _used(written: Mapping[str, Any], known: Known) -> Iterator[tuple[Place, str, str, Collection[str]]]:
    """Every name of the data base that rules use: its place, what it names, and what there is."""

    def each(place: Place, part: Mapping[str, Any], *kinds: tuple[str, str, Collection[str]]) -> Iterator[Any]:
        for key, what, there in kinds:
            for index, name in enumerate(part.get(key, ())):
                yield (*place, key, index), what, name, there

    agents, teams = ("agents", "agent", known.agents), ("teams", "team", known.teams)
    yield from each(("reviewers",), written["reviewers"], ("moderators", "reviewer", known.reviewers))
    for name, barred in written["reviewers"]["never"].items():
        here: Place = ("reviewers", "never", name)
        yield here, "reviewer", name, known.reviewers
        yield from each(here, barred, agents, teams)
    for name, rule in written["rules"].items():
        here = ("rules", name)
        yield from each((*here, "where"), rule["where"], agents, teams, ("outcomes", "outcome code", known.outcomes))
        yield from each(here, rule, ("reviewers", "reviewer", known.reviewers))


def _unspoken(document: Document[SheetFile], languages: Collection[str]) -> Iterator[Problem]:
    """One word for each language that a sheet lacks somewhere, at the first place where it does, and for each title in
    a language that is none of the centre's."""
    lacking: dict[str, Place] = {}
    for place, title in titles(document.value):
        for language in title:
            if language not in languages:
                yield document.unknown((*place, language), "language", language, languages, key=True)
        for language in languages:
            if language not in title:
                lacking.setdefault(language, place)
    for language, place in lacking.items():
        wrong = f'not all of it is said in "{language}"; who reads that sees the first language there is'
        yield document.problem(place, wrong, f'"{language}" here', key=True)


def titles(sheet: SheetFile) -> Iterator[tuple[Place, Mapping[str, str]]]:
    """Everything in a sheet that people read, and where."""
    yield ("title",), sheet.title
    for section, part in sheet.sections.items():
        yield ("sections", section, "title"), part.title
        for item, judged in part.items.items():
            yield ("sections", section, "items", item, "title"), judged.title
    for fatal, error in sheet.fatal.items():
        yield ("fatal", fatal, "title"), error.title
