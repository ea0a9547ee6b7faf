"""A version in the forms that installers compare: Debian's, and a rank of six numbers."""

from packaging.version import InvalidVersion, Version

from spark_dist.facts import DistError

_PHASES = {"a": -3, "b": -2, "rc": -1}
_PARTS = 3


def debian_version(version: str) -> str:
    """Return the version of the first Debian package of it, such as ``0.2.0~rc1-1``.

    What sorts before a release there has a tilde. Raises DistError.
    """
    parsed = _parsed(version)
    text = ".".join(map(str, parsed.release))
    if parsed.pre is not None:
        text += f"~{parsed.pre[0]}{parsed.pre[1]}"
    if parsed.dev is not None:
        # Before the first alpha, which is where Python puts it.
        text += f"~~dev{parsed.dev}"
    if parsed.post is not None:
        text += f"+post{parsed.post}"
    return f"{text}-1"


def rank(version: str) -> tuple[int, ...]:
    """Return six numbers that sort as the versions do, for a shell. Raises DistError."""
    parsed = _parsed(version)
    if len(parsed.release) > _PARTS:
        raise DistError(f"{version} has more than {_PARTS} numbers")
    release = (*parsed.release, 0, 0)[:_PARTS]
    phase, number = 0, 0
    if parsed.pre is not None:
        phase, number = _PHASES[parsed.pre[0]], parsed.pre[1]
    elif parsed.dev is not None:
        phase, number = -4, parsed.dev
    elif parsed.post is not None:
        phase, number = 1, parsed.post
    # One of a pre-release or a later fix comes before it, and is the only one with a zero there.
    finished = 0 if parsed.dev is not None and phase != -4 else 1
    return (*release, phase, number, finished)


def _parsed(version: str) -> Version:
    try:
        parsed = Version(version)
    except InvalidVersion as error:
        raise DistError(f"{version!r} is no version") from error
    if parsed.epoch or parsed.local or (parsed.pre and parsed.post):
        raise DistError(f"{version} has parts that no release of this project has")
    return parsed
