"""`python -m cti.commands` is `callcenter`."""

import sys

from cti.commands import main

sys.exit(main())
