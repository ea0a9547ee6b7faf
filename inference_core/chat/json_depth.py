"""How deep a JSON value is nested."""


def depth_of(value: object, limit: int) -> int:
    """Return how many lists and objects are around the innermost value, or ``limit`` + 1 if more.

    Does not recurse: the depth is what is not known yet.
    """
    depth = 0
    level = [value]
    while depth <= limit:
        level = [item for outer in level for item in _items(outer)]
        if not level:
            return depth
        depth += 1
    return depth


def _items(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
