"""A daemon that cannot use its files: run in place of ours, it says so and ends."""

import sys

from cti.supervisor import UNUSABLE

if __name__ == "__main__":
    sys.exit(UNUSABLE)
