"""A daemon that cannot use its files: run in place of ours, it says so and ends."""

from cti.supervisor import UNUSABLE


def main() -> int:
    return UNUSABLE
