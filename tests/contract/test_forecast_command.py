"""`callcenter forecast` on the sample history and on a data base that has no past."""

import json
from pathlib import Path

import pytest

from cti.commands import main

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path / "state"))


def test_the_sample_history_is_forecast_as_a_table_and_as_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--sample", "--days", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[3].split()[:2] == ["DAY", "CALLS"]
    assert [line.split()[1] for line in lines[4:]] == ["2026-10-26", "2026-10-27"]
    assert main(["forecast", "--sample", "--days", "1", "--format", "json", "--special", "2026-10-26=0.5"]) == 0
    halved = json.loads(capsys.readouterr().out)
    assert halved["days"][0]["calls"] == pytest.approx(float(lines[4].split()[2]) / 2, abs=0.5)
    assert len(halved["half_hours"]) == 48


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "1 days of calls are known; expected 28 at least"),
        (("--sample", "--from", "2026-10-01"), "the history ends on 2026-10-25; expected days after it"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_a_reason(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forecast", "--handle-time", "300", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_queue_that_is_not_there_is_told_as_reports_tell_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", "--queue", "nowhere"]) == 1
    told = capsys.readouterr().err
    assert "unknown-subject" in told
    assert "there is no queue 'nowhere'; expected sales, support" in told


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--share", "100", "expected a number above 0 and below 100"),
        ("--handle-time", "long", "expected a number above 0 and below 86400"),
        ("--special", "2026-10-01", "expected a day and a share: 2026-10-01=0.3"),
        ("--from", "soon", "expected a day such as 2026-11-22"),
    ],
)
def test_an_argument_that_does_not_fit_is_named(
    option: str, value: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["forecast", "--sample", option, value])
    assert message in capsys.readouterr().err
