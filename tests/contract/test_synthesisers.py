"""Voices of other kinds than espeak-ng: a command and an HTTP service, and all the ways in which they fail."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cti.settings import SettingsError, load_settings
from ivr.flow.steps import Prompt
from ivr.prompts import AnyVoice, CommandVoice, HttpVoice, Prompts, SynthesiserMissing, SynthesisFailed, VoiceMissing
from tests.unit.sounds import babble, lufs, read_wav, write_wav

pytestmark = pytest.mark.contract

HALLO = Prompt("Guten Tag, {voice} $(reboot)", "de")
WHOLE_S = 60.0
"""A time limit that nothing here is to reach."""


def spoken(folder: Path) -> Path:
    """What the synthesisers of these tests say."""
    return write_wav(folder / "said.wav", babble(1.5, 22050, 1500), 22050)


def script(folder: Path, text: str) -> tuple[str, ...]:
    """A program in Python, as a command."""
    file = folder / "synthesiser.py"
    file.write_text(text)
    return (sys.executable, str(file))


async def make(folder: Path, voice: AnyVoice, prompt: Prompt = HALLO) -> Path:
    """The 8 kHz file that comes of it."""
    prompts = Prompts(folder / "prompts", {"de": voice})
    assert await prompts.make([prompt]) == 1
    return prompts.file(prompt)


async def failure(folder: Path, voice: AnyVoice) -> str:
    """What is said where nothing comes of it; nothing is left then."""
    with pytest.raises(SynthesisFailed) as failed:
        await Prompts(folder / "prompts", {"de": voice}).make([HALLO])
    assert os.listdir(folder / "prompts") == []
    return str(failed.value)


async def test_a_command_is_given_the_text_by_standard_input_and_each_value_as_one_argument(tmp_path: Path) -> None:
    program = script(
        tmp_path,
        "import json, shutil, sys\n"
        f"json.dump([sys.argv[1:], sys.stdin.read()], open({str(tmp_path / 'given.json')!r}, 'w'))\n"
        f"sys.stdout.buffer.write(open({str(spoken(tmp_path))!r}, 'rb').read())\n",
    )
    command = (*program, "--voice={voice}", "{rate}", "{language}", "{text}", "a b; reboot")
    made = await make(tmp_path, CommandVoice(command=command, name="thor sten", rate=170))
    given, text = json.loads((tmp_path / "given.json").read_text())
    assert given == ["--voice=thor sten", "170", "de", "{text}", "a b; reboot"]
    assert text == HALLO.text
    assert lufs(read_wav(made), 8000) == pytest.approx(-20, abs=1)


async def test_a_command_may_write_to_a_file(tmp_path: Path) -> None:
    program = script(tmp_path, f"import shutil, sys\nshutil.copy({str(spoken(tmp_path))!r}, sys.argv[1])\n")
    assert (await make(tmp_path, CommandVoice(command=(*program, "{file}")))).exists()


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("sys.exit('no such voice')", "failed: no such voice"),
        ("sys.exit(3)", "failed: exit code 3"),
        ("pass", "wrote no sound"),
        ("print('this is no sound at all')", "sox failed"),
        ("sys.stdout.buffer.write(b'RIFF' + bytes(5000))", "sox failed"),
    ],
)
async def test_a_command_that_fails_is_told(tmp_path: Path, does: str, told: str) -> None:
    assert told in await failure(tmp_path, CommandVoice(command=script(tmp_path, f"import sys\n{does}\n")))


async def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    os.mkfifo(tmp_path / "alive")
    ended = asyncio.create_task(asyncio.to_thread((tmp_path / "alive").read_bytes))  # to the end of who has it open
    child = f"exec 3>'{tmp_path}/alive'; cat '{tmp_path}/never' & wait"
    voice = CommandVoice(command=("sh", "-c", child), time_limit_s=0.3)
    assert "took longer than 0.3 s" in await failure(tmp_path, voice)
    async with asyncio.timeout(WHOLE_S):
        assert await ended == b""


async def test_a_command_that_floods_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.prompts.synthesis.run", _with_little_room)
    assert "wrote more than 100000 bytes" in await failure(tmp_path, CommandVoice(command=("cat", "/dev/zero")))
    told = await failure(tmp_path, CommandVoice(command=("cp", "/dev/zero", "{file}")))
    assert "cp" in told  # ended by its limit on files


async def _with_little_room(*arguments: Any, **options: Any) -> bytes:
    from ivr.prompts.programs import run

    return await run(*arguments, **options, most_bytes=100_000)


async def test_a_command_that_complains_without_end_is_not_stopped_by_it(tmp_path: Path) -> None:
    says = f"sys.stdout.buffer.write(open({str(spoken(tmp_path))!r}, 'rb').read())"
    program = script(tmp_path, f"import sys\nsys.stderr.write('x' * 300000)\n{says}\n")
    assert (await make(tmp_path, CommandVoice(command=program))).exists()


async def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SynthesiserMissing, match="no-such-synthesiser, which is not installed; expected a program"):
        await Prompts(tmp_path, {"de": CommandVoice(command=("no-such-synthesiser",))}).make([HALLO])


async def test_making_that_is_cancelled_leaves_no_program_behind(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    os.mkfifo(tmp_path / "alive")
    ended = asyncio.create_task(asyncio.to_thread((tmp_path / "alive").read_bytes))
    begun = tmp_path / "begun"
    os.mkfifo(begun)
    child = f"exec 3>'{tmp_path}/alive'; : > '{begun}'; cat '{tmp_path}/never'"
    voice = CommandVoice(command=("sh", "-c", child))
    making = asyncio.create_task(Prompts(tmp_path / "prompts", {"de": voice}).make([HALLO]))
    async with asyncio.timeout(WHOLE_S):
        await asyncio.to_thread(begun.read_bytes)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        assert await ended == b""
    assert os.listdir(tmp_path / "prompts") == []


async def test_a_language_without_a_voice_is_told_with_those_that_have_one(tmp_path: Path) -> None:
    with pytest.raises(VoiceMissing, match=r'nothing can be said in "de".*\[voices\.de\].*one of: cmn, en') as missing:
        await Prompts(tmp_path).make([HALLO])
    assert missing.value.id == "voice-missing"


@dataclass
class Service:
    """A speech service on loopback."""

    url: str
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)


@asynccontextmanager
async def serving(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[Service]:
    service = Service("")

    async def handle(request: web.Request) -> web.StreamResponse:
        service.asked.append((request.content_type, request.headers.get("Authorization", ""), await request.read()))
        return await answer(request)

    app = web.Application()
    app.router.add_post("/speak", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/speak"
        yield service
    finally:
        await runner.cleanup()


async def test_a_service_is_posted_the_text_with_its_secret_and_answers_with_wav(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    sound = spoken(tmp_path).read_bytes()

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=sound)

    async with serving(answer) as service:
        headers = {"Authorization": "Bearer {secret}"}
        plain = HttpVoice(url=service.url, headers=headers, secret_file=secret)
        assert (await make(tmp_path, plain)).exists()
        body = {"input": "{text}", "voice": {"id": "{voice}-{language}"}, "speed": 1.0, "tags": ["{rate}"]}
        in_json = HttpVoice(url=service.url, headers=headers, secret_file=secret, body=body, name="anna")
        assert (await make(tmp_path, in_json)).exists()
    (kind, authorised, text), (json_kind, _, given) = service.asked
    assert (kind, authorised, text.decode()) == ("text/plain", "Bearer s3cret", HALLO.text)
    assert json_kind == "application/json"
    assert json.loads(given) == {
        "input": HALLO.text,  # what looks like a placeholder in it is its own
        "voice": {"id": "anna-de"},
        "speed": 1.0,
        "tags": ["160"],
    }
    assert "s3cret" not in repr(in_json)


async def test_a_service_that_fails_is_told_without_the_text(tmp_path: Path) -> None:
    answers: list[Callable[[], web.StreamResponse]] = [
        lambda: web.Response(status=500, text=HALLO.text),
        lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/elsewhere"}),
        lambda: web.Response(text="<html>no sound</html>"),
        lambda: web.Response(body=b"RIFF" + bytes(3000)),
        lambda: web.Response(body=b"RIFF" + bytes(300_000)),
    ]
    told = []
    for one in answers:

        async def answer(_: web.Request, given: Callable[[], web.StreamResponse] = one) -> web.StreamResponse:
            return given()

        async with serving(answer) as service:
            told.append(await failure(tmp_path, HttpVoice(url=service.url, most_bytes=200_000)))
    gone = await failure(tmp_path, HttpVoice(url=service.url))  # nobody listens there any more
    expected = ("status 500", "status 302", "no WAV file", "sox failed", "more than 200000 bytes", "cannot be asked")
    for said, words in zip([*told, gone], expected, strict=True):
        assert words in said


async def test_a_service_that_hangs_is_left(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def silent(_: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"RIFF")
        await never.wait()
        return response

    for answer in (silent, dripping):
        async with serving(answer) as service:
            told = await failure(tmp_path, HttpVoice(url=service.url, time_limit_s=0.2))
            assert "took longer than 0.2 s" in told


async def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    voice = HttpVoice(url="http://127.0.0.1:1/", headers={"X": "{secret}"}, secret_file=tmp_path / "none")
    assert "secret_file cannot be read: FileNotFoundError" in await failure(tmp_path, voice)


def test_voices_are_configured_in_a_file_and_handed_to_child_processes(tmp_path: Path) -> None:
    (tmp_path / "callcenter.toml").write_text(
        '[voices.de]\nespeak = "de"\nrate = 150\n'
        '[voices.fr]\ncommand = ["piper", "--model", "{voice}"]\nvoice = "fr.onnx"\n'
        '[voices.ja]\nurl = "https://tts.example/v1"\nheaders = {X-Key = "{secret}"}\nsecret_file = "/run/key"\n'
    )
    settings = load_settings({}, tmp_path)
    assert {name: voice.made_by for name, voice in settings.speakers.items()} == {
        "cmn": "espeak-ng cmn-latn-pinyin", "en": "espeak-ng en-us",
        "de": "espeak-ng de", "fr": "piper fr.onnx", "ja": "HTTP",
    }  # fmt: skip
    again = load_settings(settings.environment(), tmp_path / "elsewhere")
    assert again.speakers == settings.speakers


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('espeak = "de"\nurl = "http://x/"', "voices.de: expected one of espeak, command and url"),
        ("rate = 160", "voices.de: expected one of espeak, command and url"),
        ('espeak = "de; reboot"', "voices.de.espeak: String should match pattern"),
        ('url = "file:///etc/passwd"', "voices.de.url: String should match pattern"),
        ('espeak = "de"\nheaders = {X = "k3y"}', "voices.de: headers, body and secret_file belong to a url"),
        ('espeak = "de"\nspeed = 3', "voices.de.speed: Extra inputs are not permitted"),
    ],
)
def test_a_voice_that_does_not_fit_is_told_without_its_secrets(tmp_path: Path, said: str, told: str) -> None:
    (tmp_path / "callcenter.toml").write_text(f"[voices.de]\n{said}\n")
    with pytest.raises(SettingsError) as wrong:
        load_settings({}, tmp_path)
    assert told in str(wrong.value)
    assert "k3y" not in str(wrong.value)
