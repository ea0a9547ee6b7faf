"""How much the kept steps take, and dropping the oldest."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from spark_desktop.adapters import contents, step_memory
from spark_desktop.domain.operation import StoreUsage

# Bytes of one workspace. A change of a file of 20 kB takes about 7, so that is 15,000 of them.
DEFAULT_LIMIT = 100_000_000
# Every list of the steps reads all of them: 2,000 take some 30 ms.
MAX_STEPS = 2_000

# What goes with each step: its hunks, and the contents that no later one needs.
_SIZES = """
    WITH uses AS (
        SELECT step, before AS digest FROM changes WHERE workspace = :workspace
        UNION ALL SELECT step, after FROM changes WHERE workspace = :workspace
    ), last AS (
        SELECT digest, MAX(step) AS step FROM uses WHERE digest IS NOT NULL GROUP BY digest
    ), sizes AS (
        SELECT last.step AS step, length(contents.data) AS size
            FROM last JOIN contents USING (digest)
        UNION ALL SELECT step, length(hunks) FROM changes WHERE workspace = :workspace
    )
    SELECT COALESCE(SUM(sizes.size), 0) FROM steps
    LEFT JOIN sizes ON sizes.step = steps.position
    WHERE steps.workspace = :workspace GROUP BY steps.position ORDER BY steps.position"""


def usage(connection: sqlite3.Connection, workspace: str, limit: int) -> StoreUsage:
    """Return what the steps of a workspace take, and how many of the oldest are too many."""
    sizes = [size for (size,) in connection.execute(_SIZES, {"workspace": workspace})]
    oldest = connection.execute(
        "SELECT created FROM steps WHERE workspace = ? ORDER BY position LIMIT 1", (workspace,)
    ).fetchone()
    return StoreUsage(
        bytes=sum(sizes),
        limit=limit,
        oldest=datetime.fromisoformat(oldest[0]) if oldest else None,
        surplus=_surplus(sizes, limit),
    )


def drop_oldest(connection: sqlite3.Connection, workspace: str, count: int) -> int:
    """Drop so many of the oldest steps, never the newest one, and return how many were dropped."""
    dropped = connection.execute(
        """DELETE FROM steps WHERE position IN (
            SELECT position FROM steps WHERE workspace = :workspace AND position <
                (SELECT MAX(position) FROM steps WHERE workspace = :workspace)
            ORDER BY position LIMIT :count)""",
        {"workspace": workspace, "count": max(count, 0)},
    ).rowcount
    contents.drop_unused(connection)
    step_memory.forget_unused(connection)
    return dropped


def _surplus(sizes: Sequence[int], limit: int) -> int:
    """Return how many of the first steps must go, of which the last always stays."""
    left, surplus = sum(sizes), 0
    while surplus < len(sizes) - 1 and (left > limit or len(sizes) - surplus > MAX_STEPS):
        left -= sizes[surplus]
        surplus += 1
    return surplus
