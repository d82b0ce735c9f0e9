"""In which order the tests are dealt to the processes that run them side by side. Each gets as many as every other, one
after the other, and who has none left takes half of the end of what another has (xdist's `worksteal`).

Tests on real parts wait most of their time, those of contracts compute. So both are begun at once, the former in two
of three processes, and all end with pure ones, which take next to no time: of these there are enough to pass on.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

Test = TypeVar("Test")

LONGEST = (
    "test_shipped_flows",
    "test_closures",
    "test_voicemail_killed",
    "test_path_menu",
    "test_faults_disk",
    "test_publishing",
    "test_recorded_prompts",
    "test_callbacks_killed",
)
"""The modules of tests on real parts that take longest: what is begun last keeps all others waiting."""


def dealt(tests: Sequence[Test], hands: int, kind: Callable[[Test], str], module: Callable[[Test], str]) -> list[Test]:
    """The same tests in another order, for so many processes. `kind` is a test's marker, `module` its module's name."""
    if hands < 2:
        return list(tests)
    waiting = sorted(
        (test for test in tests if kind(test) == "integration"),
        key=lambda test: LONGEST.index(module(test)) if module(test) in LONGEST else len(LONGEST),
    )
    computing = [test for test in tests if kind(test) == "contract"]
    pure = iter([test for test in tests if kind(test) not in {"integration", "contract"}])
    patient = hands * 2 // 3
    share = -(-len(computing) // (hands - patient))
    firsts = [waiting[hand::patient] for hand in range(patient)]
    firsts += [computing[hand * share : (hand + 1) * share] for hand in range(hands - patient)]
    order: list[Test] = []
    for hand, first in enumerate(firsts):
        order += first
        order += islice(pure, max(0, len(tests) * (hand + 1) // hands - len(order)))
    return [*order, *pure]
