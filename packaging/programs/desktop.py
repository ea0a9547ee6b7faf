"""The window: the packaged app's ``spark-desktop``."""

import sys

from spark_resources.packaged import own_environment

own_environment()

try:
    from spark_desktop.app import main  # what it imports may start processes
except ImportError as error:
    # A library of the system that no package brings, such as libGL.so.1.
    sys.exit(
        f"spark-desktop: the window cannot be loaded: {error}\n"
        "  Install what it names: libgl1, libegl1 and fontconfig on Debian, or Spark once more."
    )

if __name__ == "__main__":
    sys.exit(main())
