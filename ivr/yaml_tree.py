"""YAML text to plain values, with the place of every key and value.

Stricter than YAML is: every key is text and stands once, only true and false are booleans, no anchors and no tags. What
the values mean is not decided here.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The way from a document's root to a value: the keys of mappings and the indices of lists."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """What the text does wrong as YAML, and where."""

    place: Place
    wrong: str
    expected: str


@dataclass(slots=True)
class Tree:
    """A document's plain value, where each of its parts stands, and what was wrong with it."""

    value: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where the value at `path` stands (its key, if `key`), or the nearest value around it that is written out."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))


_SCALARS: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"(?:~|null|)"), lambda text: None),
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"-?(?:0|[1-9][0-9]{0,17})"), int),
    (re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]+"), float),
)


class _Composing(yaml.composer.Composer):
    """Makes nodes with marks. Scalars are read by `_SCALARS`, so 08:30 and `no` stay text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own name and shape)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]
        if getattr(event, "anchor", None):  # aliases would let ten lines stand for a billion values
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not used here", problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(problem="tags are not used here", problem_mark=event.start_mark)
        return super().compose_node(parent, index)


class _Loader(_Composing, yaml.SafeLoader):
    """Says exactly what is wrong, and where."""

    def __init__(self, text: str) -> None:
        yaml.SafeLoader.__init__(self, text)


if yaml.__with_libyaml__:

    class _FastLoader(_Composing, yaml.CSafeLoader):
        """Reads in C, in a quarter of the time."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            yaml.composer.Composer.__init__(self)


def _root(text: str) -> yaml.Node | None:
    """The document's root; raises PyYAML's errors."""
    if yaml.__with_libyaml__ and "\t" not in text:  # of tabs the two think differently
        with suppress(yaml.YAMLError, RecursionError):
            return _FastLoader(text).get_single_node()
    return _Loader(text).get_single_node()


def parse(text: str) -> Tree:
    """The tree of one YAML document; a text that is no YAML gives a tree without value and with its fault."""
    tree = Tree()
    try:
        root = _root(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        tree.faults.append(Fault(place, ", ".join(filter(None, (error.context, error.problem))), ""))
        return tree
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        tree.faults.append(Fault(Place(line, column), f"character U+{error.character:04X}", "text"))
        return tree
    except RecursionError:
        tree.faults.append(Fault(Place(1, 1), "nested too deeply", "a few levels"))
        return tree
    if root is not None:
        tree.value = _read(root, (), tree)
    return tree


def _read(node: yaml.Node, path: Path, tree: Tree) -> Any:
    tree.values[path] = _place(node)
    match node:
        case yaml.MappingNode():
            return _read_mapping(node, path, tree)
        case yaml.SequenceNode():
            return [_read(item, (*path, index), tree) for index, item in enumerate(node.value)]
        case _:
            return _read_scalar(node)


def _read_mapping(node: yaml.MappingNode, path: Path, tree: Tree) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            tree.faults.append(Fault(_place(key_node), "this key is not a word", "a word and a colon"))
            continue
        key = key_node.value
        if key in mapping:
            first = tree.keys[(*path, key)].line
            tree.faults.append(Fault(_place(key_node), f'"{key}" stands here twice', f"once, as in line {first}"))
            continue
        tree.keys[(*path, key)] = _place(key_node)
        mapping[key] = _read(value_node, (*path, key), tree)
    return mapping


def _read_scalar(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode) and not node.style:  # neither quoted nor a block
        for pattern, convert in _SCALARS:
            if pattern.fullmatch(node.value):
                return convert(node.value)
    return node.value


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
