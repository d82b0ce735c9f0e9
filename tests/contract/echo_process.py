"""A child for tests of children: says each line again, louder, until there are no more."""

import sys


def main() -> None:
    for line in sys.stdin:
        print(line.upper(), end="", flush=True)
