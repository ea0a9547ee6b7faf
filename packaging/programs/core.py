"""The core: the packaged app's ``spark-core``, and the processes that it starts of itself."""

import sys

from spark_resources.packaged import own_environment

own_environment()

from inference_core.cli import main  # noqa: E402 - what it imports may start processes

if __name__ == "__main__":
    sys.exit(main())
