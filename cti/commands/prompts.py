"""`callcenter prompts …`: what is said, and recordings in the place of synthesised texts, in the running service."""

import argparse
import base64
import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cti.commands.errors import BadInput, Exit
from cti.commands.service import LONGEST_S, Service
from cti.commands.tables import table
from cti.settings import Settings

COLUMNS = ("NUMBER", "LANGUAGE", "SPOKEN BY", "SAID IN", "TEXT")
LIST = "prompts.csv"


def list_prompts(settings: Settings, given: argparse.Namespace) -> Exit:
    """Show the texts in use, with their numbers."""
    prompts = [one for one in _all(settings) if given.said_in in ",".join(one["places"])]
    if given.language:
        prompts = [one for one in prompts if one["language"] == given.language]
    if given.recorded:
        prompts = [one for one in prompts if one["recorded"]]
    if given.json:
        print(json.dumps(prompts, indent=2, ensure_ascii=False))
        return Exit.DONE
    print(table(COLUMNS, map(_row, prompts)))
    return Exit.DONE


def replace(settings: Settings, given: argparse.Namespace) -> Exit:
    """Play a recording in the place of a synthesised text, from the next caller on."""
    try:
        content = given.file.read_bytes()
    except OSError as error:
        raise BadInput(f"{given.file}: {error.strerror}; expected a recording") from None
    sent = base64.b64encode(content).decode()
    prompt = Service(settings, timeout_s=LONGEST_S).post(f"/api/prompts/{given.number}/recording", base64=sent)
    print(f"Prompt {given.number} is {prompt['spoken_by']}: {prompt['text']}")
    return Exit.DONE


def restore(settings: Settings, given: argparse.Namespace) -> Exit:
    """Let the voice speak a text again."""
    prompt = Service(settings, timeout_s=LONGEST_S).delete(f"/api/prompts/{given.number}/recording")
    print(f"Prompt {given.number} is spoken by {prompt['spoken_by']}: {prompt['text']}")
    return Exit.DONE


def export(settings: Settings, given: argparse.Namespace) -> Exit:
    """Write what callers hear into a folder, a WAV file of 16 kHz for each text, and a list of them as CSV: the script
    for who records them."""
    service = Service(settings, timeout_s=LONGEST_S)
    prompts = _all(settings)
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        with (given.folder / LIST).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*(column.lower() for column in COLUMNS), "file"])
            for one in prompts:
                name = f"{one['number']:04}-{one['language']}.wav"
                (given.folder / name).write_bytes(service.fetch(f"/api/prompts/{one['number']}/sound?rate=16000"))
                writer.writerow([*_row(one), name])
    except OSError as error:
        raise BadInput(f"{given.folder}: {error.strerror}; expected a folder that can be written") from None
    print(f"{len(prompts)} prompts are in {given.folder}, listed in {LIST}.")
    return Exit.DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter prompts`; nothing means `list`."""
    commands = parser.add_subparsers(title="commands", metavar="command")
    listing = commands.add_parser("list", help="show the texts in use", description=list_prompts.__doc__)
    listing.add_argument(
        "--said-in", default="", metavar="PLACE", help="only what is said there, such as hotline/topic"
    )
    listing.add_argument("--language")
    listing.add_argument("--recorded", action="store_true", help="only what is recorded")
    listing.add_argument("--json", action="store_true", help="the API's own answer")
    listing.set_defaults(run=list_prompts)
    parser.set_defaults(**vars(listing.parse_args([])))
    replacing = commands.add_parser("replace", help="play a recording", description=replace.__doc__)
    replacing.set_defaults(run=replace)
    restoring = commands.add_parser("restore", help="let the voice speak again", description=restore.__doc__)
    restoring.set_defaults(run=restore)
    for sub in (replacing, restoring):
        sub.add_argument("number", type=int, help="of `callcenter prompts list`")
    replacing.add_argument("file", type=Path, help="0.2 to 300 seconds, WAV or anything else that sox reads")
    exporting = commands.add_parser("export", help="write all of them to files", description=export.__doc__)
    exporting.set_defaults(run=export)
    exporting.add_argument("folder", type=Path)


def _all(settings: Settings) -> list[dict[str, Any]]:
    prompts: list[dict[str, Any]] = Service(settings).get("/api/prompts")["prompts"]
    return prompts


def _row(prompt: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(prompt["number"]), prompt["language"], prompt["spoken_by"], ", ".join(prompt["places"]), prompt["text"],
    )  # fmt: skip
