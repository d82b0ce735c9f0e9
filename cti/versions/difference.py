"""What one set of a centre's files says otherwise than another: file by file as text, and in a few words by what the
files are about. Whether it fits is no question here: files that do not even parse can be compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import StrEnum
from typing import Any

from cti.versions.errors import VersionsDamaged
from cti.versions.files import Files, kind_of
from cti.versions.manifest import Manifest
from cti.versions.store import Versions
from ivr.yaml_tree import parse

LINES_AROUND = 3


class Change(StrEnum):
    """What became of a file, or of something in it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that is not as it was. `text` is a unified difference, empty for sounds."""

    name: str
    change: Change
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that is not as it was. `words` say it in short, such as "queue billing added"."""

    words: tuple[str, ...]
    files: tuple[FileChange, ...]


def difference(before: Files, after: Files) -> Difference:
    """What the files `after` say otherwise than those `before`."""
    changes = tuple(_file_changes(before, after))
    return Difference(words=tuple(word for change in changes for word in _words(change, before, after)), files=changes)


def difference_of(versions: Versions, before: int, after: int) -> Difference:
    """What a version says otherwise than another; version 0 says nothing. Raises UnknownVersion, VersionsDamaged."""
    return difference(versions.files(before) if before else {}, versions.files(after) if after else {})


def words_of(versions: Versions, version: Manifest) -> tuple[str, ...]:
    """What a version changed, in words; where the one before is damaged nobody can say."""
    try:
        return difference_of(versions, version.parent or 0, version.number).words
    except VersionsDamaged:
        return ()


def _file_changes(before: Files, after: Files) -> Iterator[FileChange]:
    for name in sorted({**before, **after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield FileChange(name=name, change=_change(old, new), text=_text(name, old, new))


def _change(old: object, new: object) -> Change:
    if old is None:
        return Change.ADDED
    return Change.REMOVED if new is None else Change.CHANGED


def _text(name: str, old: bytes | None, new: bytes | None) -> str:
    if (kind := kind_of(name)) is None or not kind.text:
        return ""
    lines = unified_diff(
        _lines(old or b""),
        _lines(new or b""),
        "/dev/null" if old is None else name,
        "/dev/null" if new is None else name,
        n=LINES_AROUND,
        lineterm="",
    )
    return "\n".join(lines)


def _lines(content: bytes) -> list[str]:
    text = content.decode(errors="replace")
    return [*text.splitlines(), *([] if text.endswith("\n") or not text else ["\\ no newline at the end"])]


SECTIONS: Mapping[str, Mapping[str, str]] = {
    "centre.yaml": {
        "numbers": "number",
        "not_ready_reasons": "reason",
        "system_reasons": "system reason",
    },
    "queues.yaml": {"queues": "queue", "skills": "skill", "attributes": "attribute"},
    "calendars.yaml": {"calendars": "calendar"},
    "quality/sampling.yaml": {"rules": "sampling rule"},
    "figures.yaml": {"bands": "band"},
}
"""Parts of files whose entries are told one by one, and what each is called."""


def _words(change: FileChange, before: Files, after: Files) -> Iterator[str]:
    folder, _, rest = change.name.rpartition("/")
    name = rest.rpartition(".")[0]
    old, new = (_value(files.get(change.name)) for files in (before, after))
    match folder.partition("/")[0]:
        case "sounds":
            yield f"sound {folder.partition('/')[2]}/{name} {change.change}"
        case "conversations":
            yield f"conversation {name} {change.change}"
        case "quality" if folder != "quality":
            yield f"score sheet {name} {change.change}"
        case "flows":
            yield from _flow(name, change.change, old, new)
        case _:
            yield from _sections(change.name, old, new)


def _flow(name: str, change: Change, old: Any, new: Any) -> Iterator[str]:
    if change is not Change.CHANGED:
        yield f"flow {name} {change}"
        return
    nodes = list(_entries(_part(old, "nodes"), _part(new, "nodes"), "node"))
    yield f"flow {name} changed: {', '.join(nodes)}" if nodes else f"flow {name} changed"


def _sections(name: str, old: Any, new: Any) -> Iterator[str]:
    sections = SECTIONS.get(name, {})
    told = [word for key, what in sections.items() for word in _entries(_part(old, key), _part(new, key), what)]
    yield from told
    others = sorted(key for key in {**_mapping(old), **_mapping(new)} if key not in sections)
    changed = [key for key in others if _mapping(old).get(key) != _mapping(new).get(key)]
    if changed:
        yield f"{name}: {', '.join(changed)} changed"
    elif not told:
        yield f"{name}: only its comments or its form changed"


def _entries(old: Mapping[str, Any], new: Mapping[str, Any], what: str) -> Iterator[str]:
    for key in {**old, **new}:
        if old.get(key) != new.get(key) or (key in old) != (key in new):
            present = [True if key in part else None for part in (old, new)]
            yield f"{what} {key} {_change(*present)}"


def _value(content: bytes | None) -> Any:
    return None if content is None else parse(content.decode(errors="replace")).value


def _part(value: Any, key: str) -> Mapping[str, Any]:
    return _mapping(_mapping(value).get(key))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
