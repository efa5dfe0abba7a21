"""`python -m braid.command` is `braid`."""

import sys

from braid.command import main

sys.exit(main())
