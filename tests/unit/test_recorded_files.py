"""Recordings beside the flows: which are named, whether they can be played, and which content a version has."""

import shutil
from pathlib import Path

import pytest

from cti.centre import Centre, load_centre
from cti.recorded_files import recordings
from cti.said import AGENTS, places, ready_prompts, utterances
from ivr import waiting_words
from ivr.announce import Announce
from ivr.documents import DocumentError
from ivr.flow.steps import Prompt, Recorded
from ivr.flow.utterance import utter
from ivr.prompts import fallback
from tests.unit.sounds import babble, tone, write_wav

pytestmark = pytest.mark.unit

SHIPPED = Path(__file__).parents[2] / "dialplans"

GREETED = """\
flow: announcement
languages: [cmn, en]
start: hours
nodes:
  hours:
    kind: say
    every_language: true
    text: {cmn: {file: greeting, text: 您好。}, en: {file: greeting}}
    next: end
  end: {kind: hangup, reason: announced, text: {cmn: 再见。, en: Goodbye.}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files, with a greeting that is recorded in both languages."""
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "dialplans"))
    (folder / "flows/announcement.yaml").write_text(GREETED, "utf-8")
    for language in ("cmn", "en"):
        (folder / "sounds" / language).mkdir(parents=True, exist_ok=True)
        write_wav(folder / "sounds" / language / "greeting.wav", babble(1, 16000, 2_000), 16000)
    return folder


def greeting(centre: Centre) -> Recorded:
    """The piece that an English caller hears."""
    node = centre.flows["announcement"].nodes["hours"]
    [piece] = utter(node.text["en"], "en", {})  # type: ignore[union-attr]
    assert isinstance(piece, Recorded)
    return piece


def test_recordings_are_known_by_their_content(folder: Path) -> None:
    first = load_centre(folder)
    named = recordings(first.flows.values(), first.sounds)
    assert {(piece.file, piece.language) for piece in named} == {("greeting", "cmn"), ("greeting", "en")}
    assert named[greeting(first)] == folder / "sounds/en/greeting.wav"
    write_wav(folder / "sounds/en/greeting.wav", tone(500, 1, 8000), 8000)
    second = load_centre(folder)
    assert greeting(second).digest != greeting(first).digest
    assert first.flows["announcement"] != second.flows["announcement"]  # which a publication tells as changed
    assert first.flows["hotline"] == second.flows["hotline"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no sound", "this is not audio"),
        (None, "0.10 seconds long"),
        ("/etc/hostname", "leads out of the folder of sounds"),
    ],
)
def test_a_recording_that_cannot_be_played_is_told_with_its_file(
    folder: Path, content: bytes | str | None, told: str
) -> None:
    file = folder / "sounds/en/greeting.wav"
    if content is None:
        write_wav(file, tone(500, 0.1, 8000), 8000)
    elif isinstance(content, str):
        file.unlink()
        file.symlink_to(content)
    else:
        file.write_bytes(content)
    with pytest.raises(DocumentError) as wrong:
        load_centre(folder)
    expected = "expected a recording of 0.2 to 300 seconds that sox can read, such as WAV"
    assert str(wrong.value) == f"{file}:1:1: {told} ({expected})"


def test_what_is_said_is_listed_with_its_places() -> None:
    centre = load_centre(SHIPPED)
    said = places(centre)
    assert set(said) == ready_prompts(centre)
    assert said[Prompt("To help us serve you better, this call is recorded.", "en")] == ("hotline/greeting/text",)
    assert AGENTS in said[Prompt("You are ready.", "en")]
    assert len({tuple(sorted(where)) for where in said.values()}) > 10


def test_letters_are_made_ahead_only_where_free_text_is_spoken(folder: Path) -> None:
    before = ready_prompts(load_centre(folder))
    flow = folder / "flows/announcement.yaml"
    flow.write_text(flow.read_text("utf-8").replace("en: Goodbye.", 'en: "Goodbye {caller.name}."'), "utf-8")
    after = ready_prompts(load_centre(folder))
    assert fallback.needed(["cmn", "en"]) <= after
    assert not fallback.needed(["cmn", "en"]) <= before


def test_every_language_and_every_complaint_with_its_question_are_joined_ahead() -> None:
    texts = [
        [(piece.text, piece.language) for piece in pieces if isinstance(piece, Prompt)]
        for pieces in utterances(load_centre(SHIPPED))
    ]
    assert any({language for _, language in pieces} == {"cmn", "en"} for pieces in texts)
    sorry = ("Sorry, that is not one of the choices.", "en")
    assert any(pieces[0] == sorry and pieces[1][0].startswith("For sales, press 1.") for pieces in texts if pieces)


def test_a_centre_may_speak_a_language_that_the_service_has_no_words_in(folder: Path) -> None:
    """What the service itself says to its callers is English then."""
    shutil.rmtree(folder / "quality")  # what reviewers read would have to be said in it, too
    centre = folder / "centre.yaml"
    centre.write_text(centre.read_text("utf-8").replace("languages: [cmn, en]", "languages: [cmn, en, de]"), "utf-8")
    queues = folder / "queues.yaml"
    lines = queues.read_text("utf-8").splitlines()
    queues.write_text("\n".join(line.replace("{cmn: ", "{de: Guten Tag., cmn: ") for line in lines), "utf-8")
    greeted = folder / "flows/announcement.yaml"
    german = GREETED.replace("[cmn, en]", "[de]").replace("cmn: {file: greeting, text: 您好。}, en", "de")
    greeted.write_text(german.replace("cmn: 再见。, en: Goodbye.", 'de: "Auf Wiedersehen, {caller.name}."'), "utf-8")
    shutil.copytree(folder / "sounds/en", folder / "sounds/de")
    with pytest.raises(DocumentError, match='unknown language "de"'):
        load_centre(folder)
    said = ready_prompts(load_centre(folder, voices=("cmn", "en", "de")))
    assert Prompt("Auf Wiedersehen,", "de") in said
    assert Prompt(fallback.UNREADABLE["en"], "en") in said
    assert waiting_words.place(3, "de") == waiting_words.place(3, "en")
    assert {prompt.language for prompt in waiting_words.needed(Announce(position=True, estimate=True), ["de"])} == {
        "en"
    }
