"""The files that administrators edit as JSON Schemas, by which editors complete and check them while they are written:
`python -m cti.schemas` writes them from the models to dialplans/schema/.

A schema knows a file's form. What its parts are to each other is checked by `callcenter check`.
"""

import ast
import inspect
import json
import sys
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import ModelSchema

from cti.calendars_file import CalendarsFile
from cti.centre_file import CentreFile
from cti.figures_file import FiguresFile
from cti.quality_files import SheetFile
from cti.queues_file import QueuesFile
from cti.sampling_file import SamplingFile
from ivr.documents import Part
from ivr.flow.model import Flow
from ivr.rehearsal.conversations import ConversationsFile

FOLDER = Path(__file__).parents[1] / "dialplans" / "schema"

MODELS: Mapping[str, type[BaseModel]] = {
    "flow": Flow,
    "centre": CentreFile,
    "figures": FiguresFile,
    "queues": QueuesFile,
    "calendars": CalendarsFile,
    "conversations": ConversationsFile,
    "score-sheet": SheetFile,
    "sampling": SamplingFile,
}
"""The model of each kind of file."""


class _Plain(GenerateJsonSchema):
    """Schemas of draft 7, which every editor understands, with nothing in them but what helps people."""

    schema_dialect = "http://json-schema.org/draft-07/schema#"

    def generate(self, schema: CoreSchema, mode: str = "validation") -> JsonSchemaValue:
        """The whole schema."""
        made = super().generate(schema, "validation")
        return {"$schema": self.schema_dialect, **_plain(made)}

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """A model's, with what stands under its fields in the source. (Pydantic could read that itself, while the
        model is made: in every process that makes one.)"""
        made = super().model_schema(schema)
        words = {key: text for one in reversed(schema["cls"].__mro__) for key, text in _words(one).items()}
        for name, field in schema["cls"].model_fields.items():
            described = made.get("properties", {}).get(field.alias or name)
            if described is not None and name in words:
                described.setdefault("description", words[name])
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A key is its own title."""
        return False


@cache
def _classes(module: str) -> Mapping[str, ast.ClassDef]:
    """The classes in the source of a module, by name."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _words(model: type) -> Mapping[str, str]:
    """What is said of its fields, each by the string under it."""
    if not issubclass(model, Part):
        return {}
    node = _classes(model.__module__).get(model.__name__)
    words = {}
    for field, below in pairwise(node.body if node else []):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                words[name] = inspect.cleandoc(text)
    return words


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of files of this model."""
    return model.model_json_schema(schema_generator=_Plain)


def text_of(kind: str) -> str:
    """The file's text."""
    return json.dumps(schema_of(MODELS[kind]), indent=1, ensure_ascii=False) + "\n"


def file_of(kind: str, folder: Path = FOLDER) -> Path:
    """Where it lies."""
    return folder / f"{kind}.schema.json"


def _plain(schema: Any) -> Any:
    """Without titles; only known keys where keys have a pattern; lists of fixed length as draft 7 has them."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _plain(value) for key, value in schema.items() if key != "discriminator"}
    if isinstance(plain.get("title"), str):
        del plain["title"]
    if isinstance(plain.get("description"), str):
        plain["description"] = " ".join(plain["description"].split())
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    if "prefixItems" in plain:
        plain["items"] = plain.pop("prefixItems")
    for described in plain.get("properties", {}).values():
        if "description" in plain and "$ref" not in described:  # a part's docstring speaks of its keys, too
            described.setdefault("description", plain["description"])
    return plain


def main(folder: Path = FOLDER) -> None:
    """Write all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in MODELS:
        file_of(kind, folder).write_text(text_of(kind), encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
