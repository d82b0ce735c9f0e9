"""Starts a process of ours: `python -m cti.launch cti.daemon`. While modules are imported next to nothing becomes
garbage, and to look for it all the same is a quarter of the time that a process takes to start.
"""

import gc
import sys
from importlib import import_module


def main() -> int:
    """Import the module that is named, and be it."""
    gc.disable()
    module = import_module(sys.argv.pop(1))
    gc.enable()
    return int(module.main() or 0)


if __name__ == "__main__":
    sys.exit(main())
