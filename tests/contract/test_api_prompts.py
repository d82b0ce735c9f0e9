"""Prompts over HTTP and on the command line: listed with their numbers, heard, recorded, restored, exported."""

import base64
import csv
from pathlib import Path
from typing import Any

import pytest

from acd.facts import Fact, PromptReplaced
from ivr.flow.steps import Prompt
from ivr.prompts import audio
from tests.contract.command_line import callcenter, reach
from tests.contract.fake_floor import BEARER, FakeFloor, open_floor
from tests.unit.sounds import babble, lufs, read_wav, tone, write_wav

pytestmark = pytest.mark.contract

TEXT = "To help us serve you better, this call is recorded."


def put_sounds(web: FakeFloor) -> None:
    """There are the prompts of one node, each with a sound that was made without a synthesiser."""
    studio = web.floor.studio
    greeting = (entry for entry in studio.catalogue.entries if entry.places == ("hotline/greeting/text",))
    studio.catalogue.revise({entry.prompt: entry.places for entry in greeting})
    sound = audio.padded([{rate: tone(400, 0.3, rate) for rate in audio.RATES}])
    for entry in studio.catalogue.entries:
        name = studio.prompts.synthesised(entry.prompt)
        name.parent.mkdir(parents=True, exist_ok=True)
        audio.write(name, sound)


async def listed(web: FakeFloor) -> dict[str, Any]:
    """The prompt of these tests, as the API shows it."""
    _, answer = await web.get("/api/prompts")
    return next(one for one in answer["prompts"] if one["text"] == TEXT)


async def sound(web: FakeFloor, number: int, rate: int, folder: Path) -> list[int]:
    """What callers hear of it."""
    async with web.client.get(f"/api/prompts/{number}/sound?rate={rate}", headers=BEARER) as answer:
        assert (answer.status, answer.content_type) == (200, "audio/wav")
        (folder / "heard.wav").write_bytes(await answer.read())
    return list(read_wav(folder / "heard.wav"))


async def test_a_prompt_is_listed_heard_recorded_and_restored(tmp_path: Path) -> None:
    told: list[Fact] = []
    async with open_floor(tmp_path) as web:
        web.floor.distributor.on_fact.append(told.append)
        put_sounds(web)
        prompt = await listed(web)
        number = prompt["number"]
        assert prompt == {
            "number": number, "language": "en", "text": TEXT, "places": ["hotline/greeting/text"],
            "spoken_by": "espeak-ng en-us", "recorded": None,
        }  # fmt: skip
        before = await sound(web, number, 8000, tmp_path)
        recording = write_wav(tmp_path / "new.wav", babble(1.2, 44100, 3_000), 44100).read_bytes()
        given = {"base64": base64.b64encode(recording).decode()}
        status, shown = await web.post(f"/api/prompts/{number}/recording", given)
        assert (status, shown["recorded"]["by"], shown["recorded"]["how"]) == (200, "owner", "upload")
        assert shown["spoken_by"] == "recorded by owner (upload)"
        for rate in audio.RATES:
            heard = await sound(web, number, rate, tmp_path)
            assert heard != before
            assert lufs(heard, rate) == pytest.approx(-20, abs=1)
        assert (await web.delete(f"/api/prompts/{number}/recording"))[0] == 200
        assert await sound(web, number, 8000, tmp_path) == before
        status, answer = await web.delete(f"/api/prompts/{number}/recording")
        assert (status, answer["error"]["id"]) == (409, "prompt-not-recorded")
        facts = [fact for fact in told if isinstance(fact, PromptReplaced)]
        assert [(fact.prompt, fact.text, fact.by, fact.how) for fact in facts] == [
            (number, TEXT, "owner", "upload"), (number, TEXT, "owner", "restored"),
        ]  # fmt: skip


async def test_what_does_not_fit_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with open_floor(tmp_path) as web:
        put_sounds(web)
        number = (await listed(web))["number"]
        garbage = {"base64": base64.b64encode(b"no sound").decode()}
        for path, body, refused in (
            (f"/api/prompts/{number}/recording", garbage, (422, "recording-unfit")),
            (f"/api/prompts/{number}/recording", {"base64": "a"}, (422, "invalid-request")),
            (f"/api/prompts/{number}/recording", {}, (422, "invalid-request")),
            ("/api/prompts/9999/recording", garbage, (404, "unknown-prompt")),
            ("/api/prompts/none/recording", garbage, (404, "unknown-prompt")),
        ):
            status, answer = await web.post(path, body)
            assert (status, answer["error"]["id"]) == refused
        assert (await listed(web))["recorded"] is None
        voice = web.floor.studio.prompts.synthesised(Prompt(TEXT, "en"))
        voice.with_name(f"{voice.name}.wav").unlink()
        status, answer = await web.get(f"/api/prompts/{number}/sound")
        assert (status, answer["error"]["id"]) == (404, "sound-not-made")


async def test_the_command_lists_records_restores_and_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_floor(tmp_path) as web:
        reach(web, tmp_path, monkeypatch)
        monkeypatch.setenv("CALLCENTER_STATE", str(tmp_path))
        monkeypatch.setenv("LOGNAME", "anna")
        put_sounds(web)
        number = str((await listed(web))["number"])
        file = write_wav(tmp_path / "new.wav", babble(1, 8000, 3_000), 8000)

        async def says(*arguments: str) -> str:
            assert await callcenter("prompts", *arguments) == 0
            return capsys.readouterr().out

        assert (await says("list", "--said-in", "hotline/greeting", "--language", "en")).splitlines()[1].endswith(TEXT)
        assert (
            await says("replace", number, str(file))
            == f"Prompt {number} is recorded by command:anna (upload): {TEXT}\n"
        )
        assert TEXT in await says("list", "--recorded")
        assert f'"number": {number}' in await says("list", "--recorded", "--json")
        assert await says("restore", number) == f"Prompt {number} is spoken by espeak-ng en-us: {TEXT}\n"
        await says("export", str(tmp_path / "script"))
        with (tmp_path / "script/prompts.csv").open(encoding="utf-8-sig", newline="") as script:
            rows = list(csv.DictReader(script))
        assert len(rows) == len(web.floor.studio.catalogue.entries)
        assert all((tmp_path / "script" / row["file"]).is_file() for row in rows)
        assert await callcenter("prompts", "replace", number, str(tmp_path / "none.wav")) == 2
        assert "No such file or directory; expected a recording" in capsys.readouterr().err
