"""How much the kept steps take, and dropping the oldest."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from spark_desktop.adapters import contents, step_memory
from spark_desktop.domain.operation import StoreUsage

# Bytes of one workspace. A change of a file of 20 kB takes about 7, so that is 15,000 of them.
DEFAULT_LIMIT = 100_000_000
# Every list of the steps reads all of them: 1,000 with six hunks each take 130 ms.
MAX_STEPS = 1_000

# What goes with each step: its hunks, and the contents that no later one needs.
_SIZES = """
    WITH uses AS (
        SELECT step, before AS digest FROM changes WHERE workspace = :workspace
        UNION ALL SELECT step, after FROM changes WHERE workspace = :workspace
    ), last AS (
        SELECT digest, MAX(step) AS step FROM uses WHERE digest IS NOT NULL GROUP BY digest
    )
    SELECT last.step, length(contents.data) FROM last JOIN contents USING (digest)
    UNION ALL SELECT step, length(hunks) FROM changes WHERE workspace = :workspace"""


def usage(connection: sqlite3.Connection, workspace: str, limit: int) -> StoreUsage:
    """Return what the steps of a workspace take, and how many of the oldest are too many."""
    steps = connection.execute(
        "SELECT position, created FROM steps WHERE workspace = ? ORDER BY position", (workspace,)
    ).fetchall()
    by_step = {position: 0 for position, _ in steps}
    for position, size in connection.execute(_SIZES, {"workspace": workspace}):
        by_step[position] += size
    sizes = list(by_step.values())
    return StoreUsage(
        bytes=sum(sizes),
        limit=limit,
        oldest=datetime.fromisoformat(steps[0][1]) if steps else None,
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
