"""`python -m kotovec` is the command `kotovec`."""

import sys

from kotovec.cli import main

sys.exit(main())
