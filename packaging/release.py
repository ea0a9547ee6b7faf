"""What the release workflow does besides building; packaging/README.md describes it."""

import sys

from spark_dist.release import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
