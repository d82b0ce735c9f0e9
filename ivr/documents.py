"""Files that administrators edit, read into a model: every error at once, each with file, line, column, what is wrong,
what was expected and the nearest right name. What a document means is decided by the model and its owner.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

from ivr.yaml_tree import Path, Place, Tree, parse


class Part(BaseModel):
    """The base of all models read from a document: unknown keys are errors, values are taken as they are written. What
    their docstrings say, editors show to who writes such a document (cti/schemas.py)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


LONGEST_NAME = 64
"""It must fit into a file's name and a channel's variable."""


def _name(text: str) -> str:
    if not (
        text.isascii() and text.islower() and text[0].isalpha() and text.replace("-", "").replace("_", "").isalnum()
    ):
        raise PydanticCustomError("name", "Input should be a name of small letters, digits, - and _, a letter first")
    if len(text) > LONGEST_NAME:
        raise PydanticCustomError("name", f"Input should be a name of at most {LONGEST_NAME} characters")
    return text


_PATTERN = f"^[a-z][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}$"

Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "pattern": _PATTERN})]
"""A name for programs: safe in channel variables, AMI headers, file names and Asterisk's configuration."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one file, in words for the person who edits it. Line and column count from 1."""

    file: str
    line: int
    column: int
    wrong: str
    expected: str = ""

    def __str__(self) -> str:
        expected = f" (expected {self.expected})" if self.expected else ""
        line = f"{self.file}:{self.line}:{self.column}: {self.wrong}{expected}"
        return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)


class DocumentError(Exception):
    """One or more documents do not fit; `problems` says all that is wrong."""

    id = "document-invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document(Generic[Model]):
    """A file that fits its model, and the means to say where in it something does not fit the rest of the world."""

    file: str
    value: Model
    tree: Tree

    def problem(self, path: Path, wrong: str, expected: str = "", *, key: bool = False) -> Problem:
        """A problem with the value at `path` (or with its key)."""
        return _problem(self.file, self.tree.place(path, key=key), wrong, expected)

    def unknown(self, path: Path, what: str, name: str, known: Collection[str], *, key: bool = False) -> Problem:
        """A problem with a name that is not among `known`."""
        return self.problem(path, *unknown_name(what, name, known), key=key)


def read_document(file: FilePath, model: type[Model]) -> Document[Model]:
    """The document in `file`. Raises DocumentError with everything that is wrong in it."""
    name = str(file)
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise DocumentError([Problem(name, 1, 1, f"cannot be read: {error.strerror}", "a readable file")]) from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        raise DocumentError([_problem(name, place, "this is not UTF-8", "text in UTF-8")]) from error
    tree = parse(text)
    problems = [_problem(name, fault.place, fault.wrong, fault.expected) for fault in tree.faults]
    if tree.values or not problems:
        try:
            value = model.model_validate(tree.value)
        except ValidationError as error:
            guide = _Guide(model, tree)
            errors = error.errors(include_url=False)
            problems += _merged(guide.problem(name, details) for details in errors if not _is_consequence(details))
    if problems:
        raise DocumentError(problems)
    return Document(name, value, tree)


def unknown_name(what: str, name: str, known: Collection[str]) -> tuple[str, str]:
    """What is wrong and what was expected, for a name that is not among `known`."""
    near = get_close_matches(name, known, n=1)
    hint = f', did you mean "{near[0]}"?' if near else ""
    return f'unknown {what} "{name}"{hint}', f"one of: {', '.join(sorted(known))}" if known else f"no {what} here"


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """What does not fit any of several forms is one problem, which expects one of them."""
    expected: dict[tuple[str, int, int, str], list[str]] = {}
    for problem in problems:
        expected.setdefault((problem.file, problem.line, problem.column, problem.wrong), []).append(problem.expected)
    return [Problem(*at, ", or ".join(dict.fromkeys(filter(None, forms)))) for at, forms in expected.items()]


def _problem(file: str, place: Place, wrong: str, expected: str) -> Problem:
    return Problem(file, place.line, place.column, wrong, expected)


_EXPECTED = {
    "string_type": "text, in quotes where it looks like a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "too_short": "at least one",
    "string_too_short": "at least one character",
}


def _is_consequence(error: ErrorDetails) -> bool:
    """A list that is too short only because of what is wrong in it: pydantic does not count those items."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


class _Guide:
    """Finds pydantic's errors in the document. Pydantic names the kind of a union in its locations, the document does
    not, so both are walked along the model's JSON schema.
    """

    def __init__(self, model: type[BaseModel], tree: Tree) -> None:
        self._schema = model.model_json_schema()
        self._tree = tree

    def problem(self, file: str, error: ErrorDetails) -> Problem:
        """The error in an administrator's words, at its place."""
        location = error["loc"]
        match error["type"]:
            case "extra_forbidden":
                path, schema = self._walk(location[:-1])
                name = str(location[-1])
                wrong, expected = unknown_name("key", name, schema.get("properties", {}))
                return _problem(file, self._tree.place((*path, name), key=True), wrong, expected)
            case "missing" if isinstance(location[-1], int):
                path, _ = self._walk(location[:-1])
                return _problem(file, self._tree.place(path), _shown(error["input"]), "a longer one")
            case "missing":
                path, _ = self._walk(location[:-1])
                return _problem(file, self._tree.place(path, key=True), f'"{location[-1]}" is missing', "")
            case "union_tag_not_found" | "union_tag_invalid":
                path, schema = self._walk(location)
                key, kinds = schema["discriminator"]["propertyName"], schema["discriminator"]["mapping"]
                if error["type"] == "union_tag_invalid":
                    place = self._tree.place((*path, key))
                    return _problem(file, place, *unknown_name(key, error["ctx"]["tag"], kinds))
                place = self._tree.place(path, key=True)
                return _problem(file, place, f'"{key}" is missing', f"one of: {', '.join(sorted(kinds))}")
            case kind:
                value = error["input"]
                is_key = bool(location) and location[-1] == "[key]"
                path, schema = self._walk(location[:-1] if is_key else location)
                if key := error.get("ctx", {}).get("key"):  # a model's own rule tells which of its keys does not fit
                    path, value = (*path, key), error["input"][key]
                expected = _EXPECTED.get(kind, error["msg"].removeprefix("Input should be "))
                if kind == "string_pattern_mismatch":
                    expected = f"text that fits {error['ctx']['pattern']}"
                if "minimum" in schema and "maximum" in schema:
                    expected = f"a whole number from {schema['minimum']} to {schema['maximum']}"
                return _problem(file, self._tree.place(path, key=is_key), _shown(value), expected)

    def _walk(self, location: Path) -> tuple[Path, dict[str, Any]]:
        path: Path = ()
        schema = self._resolve(self._schema)
        for item in location:
            if "discriminator" in schema:
                schema = self._resolve({"$ref": schema["discriminator"]["mapping"][item]})
                continue
            path = (*path, item)
            inner = (
                schema.get("properties", {}).get(item)
                or next(iter(schema.get("patternProperties", {}).values()), None)
                or schema.get("additionalProperties")
                or schema.get("items")
            )
            schema = self._resolve(inner if isinstance(inner, dict) else {})
        return path, schema

    def _resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        for choice in schema.get("anyOf", []):  # an optional value: its own schema, not null's
            if choice != {"type": "null"}:
                return self._resolve(choice)
        reference = schema.get("$ref")
        return self._schema["$defs"][reference.rpartition("/")[2]] if reference else schema


def _shown(value: Any) -> str:
    match value:
        case None:
            return "nothing stands here"
        case str():
            return f'"{value}" does not fit' if len(value) <= 40 else f'"{value[:40]}…" does not fit'
        case bool():
            return f"{str(value).lower()} does not fit"
        case int() | float():
            return f"{value} does not fit"
        case list():
            return "a list does not fit here"
        case _:
            return "keys and values do not fit here"
