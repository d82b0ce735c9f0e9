"""Has a voice speak a text into a file: how the three kinds of synthesiser are spoken to. It levels nothing."""

from collections.abc import Mapping
from pathlib import Path

from ivr.prompts.errors import ProgramFailed
from ivr.prompts.http_voice import ask_service
from ivr.prompts.programs import MOST_BYTES, run
from ivr.prompts.voices import FILE, LANGUAGE, RATE, VOICE, AnyVoice, CommandVoice, HttpVoice, Voice, fill

PHONEMES = "[["
"""From here on espeak-ng takes letters for sounds."""


async def speak(voice: AnyVoice, text: str, language: str, folder: Path, time_limit_s: float | None = None) -> Path:
    """A file in `folder`, which is empty and ours alone, with what the voice says. Raises SynthesiserMissing,
    ProgramFailed; never takes longer than the voice's own limit, nor than `time_limit_s`."""
    file = folder / "spoken.wav"
    limit_s = min(voice.time_limit_s, time_limit_s or voice.time_limit_s)
    match voice:
        case Voice():
            # the text goes in by standard input: as an argument it could be taken for an option
            command = ("espeak-ng", "-b", "1", "--stdin", "-v", voice.name, "-s", str(voice.rate), "-w", str(file))
            while PHONEMES in text:
                text = text.replace(PHONEMES, "[ ")
            await run(command, text.encode(), time_limit_s=limit_s)
        case CommandVoice():
            written = await run(filled(voice, language, file), text.encode(), time_limit_s=limit_s)
            if not any(FILE in argument for argument in voice.command):
                file.write_bytes(written)
        case HttpVoice():
            file.write_bytes(await ask_service(voice, text, language, limit_s))
    if not file.is_file() or not 0 < file.stat().st_size <= MOST_BYTES:
        raise ProgramFailed("the synthesiser wrote no sound")
    return file


def filled(voice: CommandVoice, language: str, file: Path) -> tuple[str, ...]:
    """The command with its values in place. An argument stays one, whatever is in the value."""
    values: Mapping[str, str] = {VOICE: voice.name, RATE: str(voice.rate), LANGUAGE: language, FILE: str(file)}
    program, *arguments = voice.command
    return (program, *(fill(argument, values) for argument in arguments))
