"""Builds the packages that this machine can, into ``dist/``; ``dev.py dist`` starts it."""

import sys

from spark_dist.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
