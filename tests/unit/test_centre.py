"""The centre's files: the shipped ones hold together, and whatever does not is told, in all files at once."""

import shutil
from pathlib import Path

import pytest

from cti.callbacks.rules import CallbackPart
from cti.centre import Centre, load_centre
from cti.centre_file import Number, Reason
from cti.queues_file import Queue
from ivr.documents import DocumentError
from ivr.flow.steps import Prompt

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "dialplans"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be spoiled."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "dialplans"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        load_centre(folder)
    return [str(problem).removeprefix(f"{folder}/") for problem in refused.value.problems]


def test_the_shipped_centre_is_whole() -> None:
    centre = load_centre(SHIPPED)
    assert centre.name == "Demonstration centre"
    assert str(centre.time_zone) == "Asia/Shanghai"
    assert centre.languages == ("cmn", "en")
    assert centre.numbers["4000"] == Number(flow="hotline", fallback="support")
    assert set(centre.numbers) == {"4000", "4001", "4002", "4003", "4004"}
    assert set(centre.flows) == {"hotline", "sales", "support", "announcement", "city", "message", "satisfaction"}
    assert set(centre.skills) == set(centre.queues) == {"sales", "support"}
    sales = centre.queues["sales"]
    assert (sales.title, sales.skills, sales.ring_s, sales.wrap_up_s) == ("Sales", {"sales": 1}, 20, 10)
    assert sales.callback == CallbackPart(attempts=3, retry_minutes={"busy": 5, "no_answer": 30}, expires_h=24)
    said = {"cmn": "原因是小休。", "en": "You are on a break."}
    assert centre.reasons["break"] == Reason(title="Break", key=1, minutes=15, say=said)
    assert centre.allowed_ms()["break"] == 15 * 60_000
    assert centre.allowed_ms()["missed_call"] == 5 * 60_000
    assert centre.reasons["training"].minutes is None


def test_all_that_the_flows_say_is_known_before_a_call_comes() -> None:
    prompts = load_centre(SHIPPED).prompts()
    assert Prompt("Thank you for calling. Goodbye.", "en") in prompts
    assert Prompt("对不起，您的选择无效。", "cmn") in prompts
    assert {prompt.language for prompt in prompts} == {"cmn", "en"}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("centre.yaml", "flow: hotline", "flow: hotlin",
         'centre.yaml:9:16: unknown flow "hotlin", did you mean "hotline"? '
         "(expected one of: announcement, city, hotline, message, sales, satisfaction, support)"),
        ("centre.yaml", "fallback: support", "fallback: suport",
         'centre.yaml:9:35: unknown queue "suport", did you mean "support"? (expected one of: sales, support)'),
        ("centre.yaml", "Asia/Shanghai", "Asia/Shanghi",
         'centre.yaml:4:12: unknown time zone "Asia/Shanghi", did you mean "Asia/Shanghai"? '
         "(expected a name of the IANA time zone database)"),
        ("centre.yaml", "4001:", "40-01:",
         'centre.yaml:10:3: "40-01" does not fit (expected a number of 2 to 15 digits, perhaps with a + before)'),
        ("centre.yaml", "4001:", "4000:",
         'centre.yaml:10:3: "4000" stands here twice (expected once, as in line 9)'),
        ("centre.yaml", "key: 2", "key: 1",
         "centre.yaml:18:28: key 1 is already that of break (expected a free key)"),
        ("centre.yaml", "minutes: 15", "minutes: 0",
         "centre.yaml:17:42: 0 does not fit (expected greater than 0)"),
        ("centre.yaml", "say: {cmn: 原因是小休。", "say: {fr: 原因是小休。",
         'centre.yaml:17:52: unknown language "fr" (expected one of: cmn, en)'),
        ("centre.yaml", "personal: {title", "missed_call: {title",
         "centre.yaml:21:3: missed_call is the system's own reason (expected another name)"),
        ("centre.yaml", "  missed_call:", "  missd_call:",
         'centre.yaml:34:3: unknown system reason "missd_call", did you mean "missed_call"? '
         '(expected one of: missed_call, refused_call, signed_in)'),
        ("centre.yaml", "ring_s: 40}", 'ring_s: 40, allow: ["1[3-9"], at_once: 1, most_minutes: 1}',
         'centre.yaml:29:62: "1[3-9" cannot be read at column 2: "[" has no end (expected "]" after the digits)'),
        ("centre.yaml", "ring_s: 40}", 'ring_s: 40, allow: ["1X."], at_once: 1}',
         "centre.yaml:29:54: numbers that callers or programs choose are called without a limit "
         '(expected "at_once" and "most_minutes")'),
        ("queues.yaml", "skills: {sales: 1}", "skills: {sale: 1}",
         'queues.yaml:10:14: unknown skill "sale", did you mean "sales"? (expected one of: sales, support)'),
        ("queues.yaml", "ring_s: 20", "ring_s: 0",
         "queues.yaml:11:13: 0 does not fit (expected a whole number from 1 to 120)"),
        ("queues.yaml", "wrap_up_s: 10", "wrapup_s: 10",
         'queues.yaml:12:5: unknown key "wrapup_s", did you mean "wrap_up_s"? '
         f"(expected one of: {', '.join(sorted(Queue.model_fields))})"),
        ("flows/sales.yaml", "queue: sales", "queue: sails",
         'flows/sales.yaml:10:12: unknown queue "sails", did you mean "sales"? (expected one of: sales, support)'),
        ("queues.yaml", "extension: 7002", "extension: 7001",
         "queues.yaml:30:16: extension 7001 is already that of sales (expected a free number)"),
        ("queues.yaml", "extension: 7002", "extension: 4001",
         "queues.yaml:30:16: 4001 is a number of the centre (expected one that callers do not dial)"),
        ("queues.yaml", "extension: 7002", "extension: 7",
         "queues.yaml:30:16: 7 does not fit (expected a whole number from 10 to 999999)"),
        ("centre.yaml", "spaces: 701-709", "spaces: 709-701",
         'centre.yaml:39:35: "709-701" are no spaces (expected the first and the last of 1 to 100 numbers)'),
        ("centre.yaml", "spaces: 701-709", "spaces: 699-701",
         "centre.yaml:39:35: 700 is the extension by which any space is meant "
         "(expected numbers that lead nowhere else)"),
        ("centre.yaml", "{extension: 700,", "{extension: 7001,",
         "centre.yaml:39:22: 7001 is the extension of the queue sales (expected numbers that lead nowhere else)"),
        ("centre.yaml", "back_s: 60}", "back_s: 60, music: jazz}",
         'centre.yaml:39:63: unknown music of a queue "jazz" (expected one of: default)'),
        ("flows/sales.yaml", "queue: sales", "queue: sales\n    requires: sales and languge = en",
         'flows/sales.yaml:11:15: unknown attribute "languge", did you mean "language"? '
         '(expected one of: language, team)'),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(folder: Path, file: str, old: str, new: str, problem: str) -> None:
    spoil(folder / file, old, new)
    assert problems_of(folder) == [problem]


def test_a_language_without_a_voice_is_told_wherever_something_is_to_be_said_in_it(folder: Path) -> None:
    spoil(folder / "centre.yaml", "[cmn, en]", "[cmn, en, tlh]")
    told = problems_of(folder)
    expected = "expected one of: cmn, en; or a voice for it in callcenter.toml"
    assert told[0] == f'centre.yaml:5:22: unknown language "tlh" ({expected})'
    assert len(told) > 1


def test_problems_of_all_files_are_told_together(folder: Path) -> None:
    spoil(folder / "centre.yaml", "fallback: sales", "fallback: salse")
    spoil(folder / "flows" / "hotline.yaml", "queue: support", "queue: suport")
    spoil(folder / "flows" / "announcement.yaml", "next: end", "next: ende")
    assert [problem.split(":")[0] for problem in problems_of(folder)] == [
        "centre.yaml", "flows/announcement.yaml", "flows/hotline.yaml",
    ]  # fmt: skip


def test_missing_files_are_told(tmp_path: Path) -> None:
    assert problems_of(tmp_path) == [
        "centre.yaml:1:1: cannot be read: No such file or directory (expected a readable file)",
        "queues.yaml:1:1: cannot be read: No such file or directory (expected a readable file)",
    ]


def test_a_number_may_be_written_as_an_international_one(folder: Path) -> None:
    spoil(folder / "centre.yaml", "4001:", "+864008008000:")
    centre: Centre = load_centre(folder)
    assert centre.numbers["+864008008000"].flow == "sales"
