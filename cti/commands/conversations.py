"""`callcenter dialplan test`: the example conversations beside the flows, carried out as a test runner would."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from cti.centre import centre_of
from cti.commands.errors import BadInput, Exit
from cti.conversations import FOLDER, Outcome, conversation_files, converse
from cti.settings import Settings


def test_conversations(settings: Settings, given: argparse.Namespace) -> Exit:
    """Carry out the example conversations beside the flows.

    Each is rehearsed, and held against what it expects. Exit code 1 if one did not go so.
    """
    files = given.files or conversation_files(settings.dialplans)
    if not files:
        raise BadInput(
            f"{settings.dialplans / FOLDER}: there are no conversations; expected files such as hotline.yaml"
        )
    outcomes = list(converse(centre_of(settings), files))
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
