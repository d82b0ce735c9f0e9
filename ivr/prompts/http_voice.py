"""Asks an HTTP service for speech: one POST, in a time and with an answer that are limited, to the one address that the
machine's owner has named; it is never led on to another.
"""

import asyncio
from collections.abc import Mapping

import aiohttp

from ivr.prompts.errors import ProgramFailed
from ivr.prompts.voices import LANGUAGE, RATE, TEXT, VOICE, HttpVoice, fill

SECRET = "{secret}"
WAV = b"RIFF"


async def ask_service(voice: HttpVoice, text: str, language: str, time_limit_s: float) -> bytes:
    """The WAV that the service makes of the text. Raises ProgramFailed, in whose words are neither text nor secret."""
    values = {TEXT: text, VOICE: voice.name, RATE: str(voice.rate), LANGUAGE: language}
    headers = _headers(voice)
    try:
        async with asyncio.timeout(time_limit_s), aiohttp.ClientSession() as session:
            given: dict[str, object] = (
                {"data": text.encode(), "headers": {"Content-Type": "text/plain; charset=utf-8", **headers}}
                if voice.body is None
                else {"json": _filled(voice.body, values), "headers": headers}
            )
            async with session.post(voice.url, allow_redirects=False, **given) as answer:  # type: ignore[arg-type]
                if answer.status != 200:
                    raise ProgramFailed(f"the service answered with status {answer.status}; expected 200")
                sound = await _read(answer, voice.most_bytes)
    except TimeoutError as error:
        raise ProgramFailed(f"the service took longer than {time_limit_s:g} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise ProgramFailed(f"the service cannot be asked: {type(error).__name__}") from error
    if not sound.startswith(WAV):
        raise ProgramFailed("the service answered with something that is no WAV file")
    return sound


async def _read(answer: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    sound = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        sound += chunk
        if len(sound) > most_bytes:
            raise ProgramFailed(f"the service answered with more than {most_bytes} bytes")
    return bytes(sound)


def _headers(voice: HttpVoice) -> dict[str, str]:
    secret = ""
    if voice.secret_file is not None:
        try:
            secret = voice.secret_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ProgramFailed(f"the service's secret_file cannot be read: {type(error).__name__}") from error
    return {name: value.replace(SECRET, secret) for name, value in voice.headers.items()}


def _filled(value: object, values: Mapping[str, str]) -> object:
    """The value with everything replaced, in every text in it, that stands for something else."""
    match value:
        case str():
            return fill(value, values)
        case Mapping():
            return {name: _filled(part, values) for name, part in value.items()}
        case list() | tuple():
            return [_filled(part, values) for part in value]
        case _:
            return value
