"""The JSON Schemas that are shipped: they are those of the models, every good file fits them, and what a model refuses
for its form they refuse too.
"""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from cti.schemas import FOLDER, MODELS, file_of, main, schema_of, text_of
from ivr.documents import DocumentError, read_document
from ivr.flow.model import Flow
from ivr.yaml_tree import parse
from tests.house import HOUSE

pytestmark = pytest.mark.unit

DIALPLANS = HOUSE / "dialplans"
FLOWS = HOUSE / "tests" / "fixtures" / "flows"
CHECK = {kind: Draft7Validator(schema_of(model)) for kind, model in MODELS.items()}
FOLDERS = {"flow": "flows", "conversations": "conversations", "score-sheet": "quality/sheets"}
"""The kinds of files of which there are several."""
PLACES = {"sampling": "quality/sampling.yaml"}
"""Where the only file of a kind lies, if not at the top."""

BEYOND = {"nothing-to-speak", "line-break-in-data", "secret-and-confirmed", "transfer-to-two-and-to-none"}
"""What a model refuses, and a schema cannot: words without a sound, lines, and keys that exclude each other."""


def shipped(kind: str) -> list[Path]:
    return (
        sorted((DIALPLANS / FOLDERS[kind]).glob("*.yaml"))
        if kind in FOLDERS
        else [DIALPLANS / PLACES.get(kind, f"{kind}.yaml")]
    )


def value(file: Path) -> Any:
    return parse(file.read_text(encoding="utf-8")).value


def fits(kind: str, file: Path) -> bool:
    return bool(CHECK[kind].is_valid(value(file)))


def examples(folder: str) -> list[Path]:
    return sorted((FLOWS / folder).rglob("*.yaml"))


def refused(file: Path) -> bool:
    """Whether the model refuses the form of a flow."""
    try:
        read_document(file, Flow)
    except DocumentError:
        return True
    return False


def readable(file: Path) -> bool:
    try:
        return not parse(file.read_text(encoding="utf-8")).faults
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("kind", MODELS)
def test_a_shipped_schema_is_that_of_its_model(kind: str) -> None:
    assert file_of(kind).read_text(encoding="utf-8") == text_of(kind), "python -m cti.schemas"


def test_no_other_schema_is_shipped() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {file_of(kind).name for kind in MODELS}


def test_schemas_are_written_where_one_asks(tmp_path: Path) -> None:
    main(tmp_path / "schema")
    assert all(file_of(kind, tmp_path / "schema").read_text(encoding="utf-8") == text_of(kind) for kind in MODELS)


@pytest.mark.parametrize("kind", MODELS)
def test_a_schema_is_one_and_says_something_of_every_key(kind: str) -> None:
    schema = schema_of(MODELS[kind])
    Draft7Validator.check_schema(schema)
    for part in (schema, *(part for part in schema["$defs"].values() if "properties" in part)):
        assert part["description"]
        for key, described in part["properties"].items():
            assert described.get("description") or described["$ref"], key


@pytest.mark.parametrize("kind", MODELS)
def test_shipped_files_fit_and_name_their_schema_to_editors(kind: str) -> None:
    files = shipped(kind)
    assert files
    for file in files:
        assert fits(kind, file), file
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        head, _, named = first.partition("=")
        assert head == "# yaml-language-server: $schema"
        assert (file.parent / named).resolve() == file_of(kind).resolve()


@pytest.mark.parametrize("file", examples("good"), ids=lambda file: file.stem)
def test_every_good_flow_fits(file: Path) -> None:
    assert [error.message for error in CHECK["flow"].iter_errors(value(file))] == []


def test_conversations_of_every_form_fit() -> None:
    for file in (HOUSE / "tests" / "fixtures" / "rehearsal" / "conversations").glob("*.yaml"):
        assert [error.message for error in CHECK["conversations"].iter_errors(value(file))] == []


@pytest.mark.parametrize("file", [file for file in examples("bad") if readable(file)], ids=lambda file: file.stem)
def test_a_flow_whose_form_its_model_refuses_does_not_fit_and_no_other(file: Path) -> None:
    assert fits("flow", file) == (not refused(file) or file.stem in BEYOND)


def test_enough_flows_are_refused_for_their_form() -> None:
    assert sum(refused(file) and file.stem not in BEYOND for file in examples("bad") if readable(file)) >= 20
