"""``python -m inference_core``: the same as ``spark-core``."""

import sys

from inference_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
