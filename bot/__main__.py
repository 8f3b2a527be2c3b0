"""`python -m bot …` is the same as `ungcuu …`."""

import sys

from bot.cli import main

sys.exit(main())
