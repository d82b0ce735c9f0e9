"""`dialplans/figures.yaml`: what may stand there, and the rules that follow from it."""

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from cti.centre import load_centre
from cti.figures_file import figures_problems, read_figures, ring_cadence_ms, rules_of
from ivr.documents import DocumentError
from recording.figures.catalogue import FIGURES, SERVICE_LEVELS
from recording.figures.rules import Rules, Thresholds

pytestmark = pytest.mark.unit

DIALPLANS = Path(__file__).parents[2] / "dialplans"


def _problems(folder: Path, text: str) -> list[str]:
    file = folder / "figures.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        return [f"{one.line}: {one.wrong}" for one in figures_problems(read_figures(file))]
    except DocumentError as error:
        return [f"{one.line}: {one.wrong}" for one in error.problems]


def test_the_shipped_centre_says_its_thresholds_and_bands() -> None:
    rules = rules_of(load_centre(DIALPLANS))
    assert rules.of_queue("sales") == Thresholds(service_level_ms=20_000, short_abandon_ms=20_000)
    assert rules.zone.key == "Asia/Shanghai"
    assert rules.ring_cadence_ms == 5_000
    assert {key: rules.band(key) for key in FIGURES} == {key: one.band for key, one in FIGURES.items()}


def test_a_band_that_is_written_holds_in_place_of_the_usual_one(tmp_path: Path) -> None:
    shutil.copytree(DIALPLANS, tmp_path / "dialplans")
    file = tmp_path / "dialplans" / "figures.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("bands: {}", "bands: {queue_time: {low: 0, high: 90, norm: 60}}"), "utf-8")
    rules = rules_of(load_centre(tmp_path / "dialplans"))
    assert (band := rules.band("queue_time")) is not None
    assert (band.low, band.high, band.norm) == (Decimal("0.0"), Decimal("90.0"), Decimal("60.0"))
    assert rules.band("handle_time") == FIGURES["handle_time"].band


def test_every_service_level_can_be_chosen(tmp_path: Path) -> None:
    for name in SERVICE_LEVELS:
        assert _problems(tmp_path, f"service_level: {name}\n") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("service_level: best\n", 1),
        ("first_contact_days: 0\n", 1),
        ("bands:\n  riches: {low: 1}\n", 2),
        ("bands:\n  queue_time: {low: 90, high: 30}\n", 2),
        ("bands:\n  queue_time: {least: 90}\n", 2),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = _problems(tmp_path, text)
    assert problem.startswith(f"{line}: ")


def test_without_the_file_the_usual_bands_hold(tmp_path: Path) -> None:
    assert read_figures(tmp_path / "figures.yaml").value.bands == {}


def test_a_ring_is_the_cadence_of_the_tone_zone(tmp_path: Path) -> None:
    file = tmp_path / "indications.conf"
    file.write_text("[general]\ncountry = us\n[cn]\nringcadence = 1000,4000\n[us]\nringcadence = 2000,4000\n")
    assert ring_cadence_ms(file) == 6_000
    assert ring_cadence_ms(tmp_path / "none.conf") == 5_000


def test_rules_are_kept_as_they_are() -> None:
    rules = Rules(thresholds={"sales": Thresholds(service_level_ms=1, short_abandon_ms=2)}, country_code="86")
    assert Rules.from_json(rules.to_json()) == rules
