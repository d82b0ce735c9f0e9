"""`callcenter dialplan test`: the example conversations beside the flows, carried out as a test runner would."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from cti.commands.arguments import of_version
from cti.commands.errors import BadInput, Exit
from cti.conversations import FOLDER, Outcome, conversation_files, converse
from cti.settings import Settings
from cti.versions.start import folder_at, load_of


def test_conversations(settings: Settings, given: argparse.Namespace) -> Exit:
    """Carry out the example conversations beside the flows.

    Each is rehearsed, and held against what it expects. Exit code 1 if one did not go so.
    """
    folder = folder_at(settings, given.version)
    files = given.files or conversation_files(folder)
    if not files:
        raise BadInput(f"{folder / FOLDER}: there are no conversations; expected files such as hotline.yaml")
    outcomes = list(converse(load_of(settings)(folder), files))
    for line in report(outcomes):
        print(line)
    return Exit.DONE if all(outcome.passed for outcome in outcomes) else Exit.REFUSED


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """What became of each, and how many went as expected."""
    for outcome in outcomes:
        yield f"{'passed' if outcome.passed else 'FAILED'}  {outcome.file}:{outcome.line}  {outcome.title}"
        for problem in outcome.problems:
            yield f"        {problem}"
    failed = sum(not outcome.passed for outcome in outcomes)
    yield f"{len(outcomes)} conversations: {len(outcomes) - failed} passed, {failed} failed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What follows `callcenter dialplan test`."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=f"only these (default: all in {FOLDER}/)")
    of_version(parser)
