"""The difference between two sets of files: as text, and in a few words."""

import pytest

from cti.versions.difference import Change, difference

pytestmark = pytest.mark.unit

CENTRE = b"centre: C\nlanguages: [en]\nnumbers:\n  4000: {flow: hotline, fallback: sales}\n"
FLOW = b"flow: hotline\nnodes:\n  greeting: {kind: say, text: {en: Hello}}\n  end: {kind: hangup}\n"
QUEUES = b"skills: {sales: Sales}\nqueues:\n  sales: {title: Sales}\n"
FILES = {"centre.yaml": CENTRE, "queues.yaml": QUEUES, "flows/hotline.yaml": FLOW, "sounds/en/bell.wav": b"RIFF"}


def test_a_changed_text_is_shown_with_the_lines_around_it() -> None:
    after = {**FILES, "flows/hotline.yaml": FLOW.replace(b"Hello", b"Welcome")}
    told = difference(FILES, after)
    assert told.words == ("flow hotline changed: node greeting changed",)
    [file] = told.files
    assert (file.name, file.change) == ("flows/hotline.yaml", Change.CHANGED)
    assert file.text.splitlines() == [
        "--- flows/hotline.yaml",
        "+++ flows/hotline.yaml",
        "@@ -1,4 +1,4 @@",
        " flow: hotline",
        " nodes:",
        "-  greeting: {kind: say, text: {en: Hello}}",
        "+  greeting: {kind: say, text: {en: Welcome}}",
        "   end: {kind: hangup}",
    ]


def test_files_that_come_and_go_are_told_by_what_they_are() -> None:
    files = {name: content for name, content in FILES.items() if name.startswith(("centre", "queues"))}
    more = {
        **FILES,
        "conversations/day.yaml": b"a: 1\n",
        "calendars.yaml": b"calendars: {office: {mon: 09:00-17:00}}\n",
    }
    assert difference(files, more).words == (
        "calendar office added",
        "conversation day added",
        "flow hotline added",
        "sound en/bell added",
    )
    assert difference(more, files).words[-1] == "sound en/bell removed"
    [calendars, *_] = difference(files, more).files
    assert calendars.text.splitlines()[:2] == ["--- /dev/null", "+++ calendars.yaml"]
    assert {file.text for file in difference(files, more).files if file.name.endswith(".wav")} == {""}


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("queues.yaml", b"sales: {title: Sales}", b"sales: {title: Sales}\n  bills: {title: B}", "queue bills added"),
        ("queues.yaml", b"{title: Sales}", b"{title: Selling}", "queue sales changed"),
        ("queues.yaml", b"{sales: Sales}", b"{}", "skill sales removed"),
        ("centre.yaml", b"4000", b"4001", "number 4000 removed; number 4001 added"),
        ("centre.yaml", b"[en]", b"[en, cmn]", "centre.yaml: languages changed"),
        ("centre.yaml", b"centre: C", b"# ours\ncentre: C", "centre.yaml: only its comments or its form changed"),
        ("flows/hotline.yaml", b"flow: hotline", b"start: end\nflow: hotline", "flow hotline changed"),
        ("flows/hotline.yaml", b"end: {", b"over: {", "flow hotline changed: node end removed, node over added"),
        ("centre.yaml", b"centre: C", b"centre: [", "centre.yaml: centre, languages changed"),
    ],
)  # fmt: skip
def test_what_is_changed_in_a_file_is_named(name: str, old: bytes, new: bytes, words: str) -> None:
    after = {**FILES, name: FILES[name].replace(old, new)}
    assert after != FILES
    told = "; ".join(difference(FILES, after).words)
    assert words in told


def test_a_missing_newline_at_the_end_and_bytes_that_are_no_text_are_shown() -> None:
    after = {**FILES, "centre.yaml": CENTRE[:-1]}
    assert difference(FILES, after).files[0].text.endswith("+\\ no newline at the end")
    odd = {**FILES, "centre.yaml": b"\xff\xfe"}
    assert "\ufffd" in difference(FILES, odd).files[0].text


def test_the_same_files_have_no_difference() -> None:
    assert difference(FILES, dict(FILES)).files == ()
    assert difference(FILES, dict(FILES)).words == ()
