"""The choice between the versions of a hunk whose lines were changed on disk as well."""

from enum import StrEnum


class Side(StrEnum):
    """MINE: the proposal's version. DISK: what stands there now. BOTH: that, and the proposal's."""

    MINE = "mine"
    DISK = "disk"
    BOTH = "both"
