"""The queue file: what it may say reaches the router's settings, and what does not fit is told with its place."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent, indent

import pytest

from acd.choice import Strategy
from acd.queues import Blended, QueueSettings, Step
from acd.requirements import parse
from acd.targets import LEAVE, Target, TargetKind
from cti.callbacks.make import callback_rules, message_rules
from cti.centre import load_centre
from cti.queues_file import settings_of
from ivr.documents import DocumentError

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "dialplans"

HEAD = """\
skills: {sales: Sales, support: Technical support}
attributes: {team: His shift}
queues:
  support:
    {title: Technical support, callback: {}}
  sales:
    title: Sales
"""


def folder_of(tmp_path: Path, sales: str) -> Path:
    """The shipped files, with these lines for the queue sales; they begin at line 8."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "dialplans"))
    (folder / "queues.yaml").write_text(HEAD + indent(dedent(sales), "    "))
    return folder


def settings(tmp_path: Path, sales: str) -> QueueSettings:
    return settings_of("sales", load_centre(folder_of(tmp_path, sales)).queues["sales"])


def test_a_queue_that_says_nothing_waits_for_the_longest_idle(tmp_path: Path) -> None:
    assert settings(tmp_path, "") == QueueSettings(name="sales", title="Sales")


def test_everything_a_queue_may_say_of_its_routing_reaches_the_router(tmp_path: Path) -> None:
    said = settings(
        tmp_path,
        """\
        skills: {sales: 3}
        requires: team = night or sales >= 5
        steps:
          - {after_s: 30, requires: sales}
          - {after_s: 60, priority: 2}
          - {after_s: 120, overflow: {queue: support}}
        agents: most_skilled
        ring_several: 2
        ring_s: 15
        wrap_up_s: 10
        point_s: 30
        preferred_s: 20
        max_wait_s: 600
        on_max_wait: {say: {cmn: 再见。, en: Goodbye.}}
        max_waiting: 50
        on_full: {number: "5550100"}
        on_nobody: {voicemail: true}
        on_closed: {leave: true}
        blended: {agents: "agent in (1007, 1008)", above_waiting: 5, above_wait_s: 60}
        service_level_s: 10
        music: calm
        """,
    )
    assert said == QueueSettings(
        name="sales",
        title="Sales",
        skills={"sales": 3},
        requires=parse("team = night or sales >= 5"),
        steps=(
            Step(after_ms=30_000, requires=parse("sales >= 1")),
            Step(after_ms=60_000, priority=2),
            Step(after_ms=120_000, overflow=Target(TargetKind.QUEUE, "support")),
        ),
        strategy=Strategy.MOST_SKILLED,
        ring_several=2,
        ring_ms=15_000,
        wrap_up_ms=10_000,
        point_ms=30_000,
        preferred_ms=20_000,
        max_wait_ms=600_000,
        on_max_wait=Target(TargetKind.SAY, speech={"cmn": "再见。", "en": "Goodbye."}),
        max_waiting=50,
        on_full=Target(TargetKind.NUMBER, "5550100"),
        on_nobody=Target(TargetKind.VOICEMAIL),
        on_closed=LEAVE,
        blended=Blended(agents=parse("agent in (1007, 1008)"), above_waiting=5, above_wait_ms=60_000),
        service_level_ms=10_000,
        music="calm",
    )


def test_the_rules_of_call_backs_are_what_the_queue_says_and_else_as_usual(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        """
        callback:
          attempts: 2
          retry_minutes: {busy: 10, refused: 60, given_up: 0}
          expires_h: 48
          ring_s: 20
          hours: {mon-sat: 09:00-20:00}
          numbers: ["0", "+86"]
        """,
    )
    centre = load_centre(folder)
    rules = callback_rules(centre, "sales")
    assert rules is not None
    minutes = {outcome.value: after_ms / 60_000 for outcome, after_ms in rules.retry_ms.items()}
    assert minutes == {"no_answer": 30, "busy": 10, "unreachable": 30, "refused": 60, "voicemail": 60}
    assert (rules.attempts, rules.expires_ms, rules.ring_ms) == (2, 48 * 3_600_000, 20_000)
    assert [rules.may_call(number) for number in ("02155501234", "+8613900000001", "13900000001")] == [
        True,
        True,
        False,
    ]
    nine = round(datetime(2026, 11, 21, 1, 0, tzinfo=UTC).timestamp() * 1000)  # of a Saturday, in Shanghai
    assert (rules.in_hours(nine), rules.in_hours(nine - 1), rules.hours_change_ms(nine - 1)) == (True, False, nine)
    assert callback_rules(centre, "nowhere") is None


def test_what_a_queue_says_on_the_way_out_is_spoken_from_prompts_made_before(tmp_path: Path) -> None:
    centre = load_centre(folder_of(tmp_path, "on_closed: {say: {cmn: 再见。, en: We are closed today.}}\n"))
    assert {prompt.text for prompt in centre.prompts()} >= {"再见。", "We are closed today."}


def test_the_hours_of_a_queue_are_those_of_the_centre_s_time_zone(tmp_path: Path) -> None:
    hours = load_centre(folder_of(tmp_path, "hours: {mon-fri: 09:00-18:00, sat: 10:00-12:00}\n")).service_hours()
    assert hours["support"] is None
    sales = hours["sales"]
    assert sales is not None
    assert sales.is_open(datetime(2026, 11, 20, 1, 0, tzinfo=UTC))  # nine o'clock in Shanghai, a Friday
    assert not sales.is_open(datetime(2026, 11, 21, 4, 0, tzinfo=UTC))


def test_messages_are_heard_at_hours_of_their_own_and_called_back_by_the_rules_of_call_backs(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        """
        callback: {attempts: 2, ring_s: 20, numbers: ["0"], hours: {daily: 09:00-18:00}}
        voicemail: {expires_h: 48, put_back_minutes: 5, hours: {daily: 08:00-22:00}, review: false}
        """,
    )
    centre = load_centre(folder)
    rules, usual = message_rules(centre, "sales"), message_rules(centre, "nowhere")
    assert (rules.attempts, rules.ring_ms, rules.expires_ms, rules.put_back_ms) == (2, 20_000, 48 * 3_600_000, 300_000)
    evening = round(datetime(2026, 11, 21, 12, 0, tzinfo=UTC).timestamp() * 1000)  # eight o'clock in Shanghai
    noon = evening - 8 * 3_600_000
    assert (rules.in_hours(evening), rules.may_call("02155501234", evening)) == (True, False)
    assert [rules.may_call(number, noon) for number in ("02155501234", "13900000001", "")] == [True, False, False]
    assert (usual.calling, usual.in_hours(evening), usual.may_call("02155501234")) == (None, True, False)
    assert not centre.queues["sales"].care.voicemail.review


@pytest.mark.parametrize(
    ("sales", "problem"),
    [
        ("requires: sale >= 3",
         '8:15: unknown skill "sale", did you mean "sales"? (expected one of: sales, support)'),
        ("requires: tem = night",
         '8:15: unknown attribute "tem", did you mean "team"? (expected one of: team)'),
        ("requires: sales >= ",
         '8:15: "sales >=" cannot be read at column 9: the text ends here (expected a level from 0 to 10)'),
        ("steps: [{after_s: 30, requires: (sales}]",
         '8:37: "(sales" cannot be read at column 7: the text ends here (expected and, or, or ))'),
        ("steps: [{requires: sales}]",
         '8:13: "after_s" is missing'),
        ("steps: [{after_s: 30, priority: 1}, {after_s: 30, priority: 2}]",
         "8:51: 30 does not come after 30 (expected steps in the order of time)"),
        ("steps: [{after_s: 9, overflow: {leave: true}}, {after_s: 30, priority: 2}]",
         "8:36: nothing can come after this step (expected it as the last step)"),
        ("agents: longest_idel",
         '8:13: "longest_idel" does not fit (expected \'longest_idle\', \'least_occupied\', \'most_skilled\' or '
         "'round_robin')"),
        ("ring_several: 0",
         "8:19: 0 does not fit (expected a whole number from 1 to 10)"),
        ("on_full: {queue: sales}",
         "8:22: the call is in this queue already (expected another queue)"),
        ("on_full: {queue: suport}",
         '8:22: unknown queue "suport", did you mean "support"? (expected one of: sales, support)'),
        ("on_full: {number: 555-0100}",
         '8:23: "555-0100" does not fit (expected a number of 2 to 15 digits, perhaps with a + before)'),
        ("voicemail: {hours: {mon-fry: 09:00-18:00}}",
         '8:25: "mon-fry" is no day (expected days such as mon-fri, or sat, or daily)'),
        ("voicemail: {expires_h: 0}",
         "8:28: 0 does not fit (expected a whole number from 1 to 8784)"),
        ("on_full: {queue: support, voicemail: true}",
         "8:14: keys and values do not fit here (expected one of queue, number, voicemail, say, leave)"),
        ("hours: {mon-fry: 09:00-18:00}",
         '8:13: "mon-fry" is no day (expected days such as mon-fri, or sat, or daily)'),
        ("hours: {mon-fri: 09:00-18}",
         '8:22: "09:00-18" does not fit (expected times such as "09:00-18:00")'),
        ("on_full: {say: {en: Goodbye.}}",
         '8:15: nothing is said in "cmn" (expected "cmn" here)'),
        ("on_full: {say: {en: Goodbye., cmn: 再见。, fr: Salut.}}",
         '8:45: unknown language "fr" (expected one of: cmn, en)'),
        ("announce: {leave: {key: 1, to: callback}}",
         '8:23: the queue takes no call-backs (expected "callback" in the queue as well)'),
        ("callback: {hours: {mon-fry: 09:00-18:00}}",
         '8:24: "mon-fry" is no day (expected days such as mon-fri, or sat, or daily)'),
        ("callback: {numbers: [1a]}",
         '8:26: "1a" does not fit (expected the beginning of a number: digits, perhaps with a + before)'),
        ("callback: {retry_minutes: {bussy: 5}}",
         '8:32: "bussy" does not fit (expected \'no_answer\', \'busy\', \'unreachable\', \'refused\', '
         "'given_up' or 'voicemail')"),
        ("blended: {agents: team = back office}",
         '8:23: "team = back office" cannot be read at column 13: office does not fit here '
         "(expected and, or, or the end)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, sales: str, problem: str) -> None:
    folder = folder_of(tmp_path, sales)
    with pytest.raises(DocumentError) as refused:
        load_centre(folder)
    assert [str(one).removeprefix(f"{folder}/queues.yaml:") for one in refused.value.problems] == [problem]
