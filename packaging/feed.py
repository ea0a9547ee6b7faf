"""Makes, signs and verifies the release feed: ``python packaging/feed.py --help``."""

import sys

from spark_dist.feed import main

sys.exit(main())
