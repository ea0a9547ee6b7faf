"""Builds the packages that this machine can, into ``dist/``; ``dev.py dist`` starts it."""

import sys
from pathlib import Path

# An installed Spark may be another checkout's.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from spark_dist.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
