"""The command line: the packaged app's ``spark``."""

import sys

from spark_resources.packaged import own_environment

own_environment()

if __name__ == "__main__":
    # Before the command line: the index's worker is a part of the window, and small.
    if sys.argv[1:2] == ["--index-worker"]:
        from spark_desktop.adapters.index_worker import main as work

        sys.exit(work(sys.argv[2:]))

    from spark_desktop.cli.main import main  # what it imports may start processes

    sys.exit(main())
