"""The window: the packaged app's ``spark-desktop``."""

import sys

from spark_resources.packaged import own_environment

own_environment()

from spark_desktop.app import main  # noqa: E402 - what it imports may start processes

if __name__ == "__main__":
    sys.exit(main())
