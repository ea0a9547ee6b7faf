"""The command line: the packaged app's ``spark``."""

import sys

from spark_resources.packaged import own_environment

own_environment()

if __name__ == "__main__":
    # Before the command line: the workers of the window are parts of it, and small.
    if sys.argv[1:2] == ["--index-worker"]:
        from spark_desktop.adapters.index_worker import main as index

        sys.exit(index(sys.argv[2:]))
    if sys.argv[1:2] == ["--watch-worker"]:
        from spark_desktop.adapters.watch_worker import main as watch

        sys.exit(watch(sys.argv[2:]))

    from spark_desktop.cli.main import main  # what it imports may start processes

    sys.exit(main())
