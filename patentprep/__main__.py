"""``python -m patentprep``."""

import sys

from patentprep.cli import main

if __name__ == "__main__":
    sys.exit(main())
