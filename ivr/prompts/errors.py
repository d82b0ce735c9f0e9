"""What can go wrong with prompts, each with a stable id. None of these ends a call."""

from typing import ClassVar

from ivr.flow.steps import Prompt


class PromptError(Exception):
    """A prompt could not be made."""

    id: ClassVar[str] = "prompt-failed"


class SynthesiserMissing(PromptError):
    """A program that makes prompts is not installed."""

    id = "synthesiser-missing"

    def __init__(self, program: str) -> None:
        hint = "install it with: apt-get install -y espeak-ng sox" if program in ("espeak-ng", "sox") else ""
        super().__init__(
            f"prompts need {program}, which is not installed; {hint or 'expected a program on PATH, or its whole path'}"
        )


class VoiceMissing(PromptError):
    """There is no voice for a language."""

    id = "voice-missing"

    def __init__(self, language: str, known: str) -> None:
        super().__init__(
            f'nothing can be said in "{language}": expected [voices.{language}] in callcenter.toml, or one of: {known}'
        )


class SynthesisFailed(PromptError):
    """A voice failed on a text."""

    id = "synthesis-failed"

    def __init__(self, prompt: Prompt, what: str) -> None:
        super().__init__(f'prompt "{prompt.text}" ({prompt.language}): {what}')


class SoundsUnwritable(PromptError):
    """The folder of sounds cannot be written."""

    id = "sounds-unwritable"


class RecordingUnfit(PromptError):
    """A recording is none that can be played; the message says what is wrong with it and what was expected."""

    id = "recording-unfit"


class UnknownPrompt(PromptError):
    """No text in use has that number."""

    id = "unknown-prompt"

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no prompt {number}; expected a number of `callcenter prompts list`")


class ProgramFailed(Exception):
    """A program did not do what was asked; the message says what it did instead."""
