"""How failures that get no proposal are told: by their names, and where they are."""

from collections.abc import Sequence

from spark_desktop.domain.secret_lines import without_secrets
from spark_desktop.domain.test_output import Failure
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.words import Said, joined, say
from spark_desktop.services.test_runs import Pointed, name_of_run

# Failures that are named, and characters of each.
_NAMED, _NAME = 6, 80


def names_no_code(command: Sequence[str]) -> Said:
    """Return the sentence for a command that failed, and says nothing of the code."""
    return say(
        "{command} failed, and its output names no code of this folder.",
        command=name_of_run(command),
    )


def points_nowhere(failures: Sequence[Failure]) -> Said:
    """Return the sentence for failures that no code of the folder was found for."""
    return say(
        "No code of this folder was found for what failed: {names}.", names=names_of(failures)
    )


def names_of(failures: Sequence[Failure]) -> Said:
    """Return the names of failures, the first few: their tests, else what went wrong."""
    told = [one.name or one.message.partition("\n")[0] or "?" for one in failures]
    names = list(dict.fromkeys(without_secrets(one)[:_NAME] for one in told))
    more = len(names) - _NAMED
    rest = [say("{count} more", count=more)] if more > 0 else []
    return joined([*names[:_NAMED], *rest], ", ")


def path_of(pointed: Pointed) -> str:
    """Return a file that what was left is about: its tests, else the code of what was not."""
    paths = [frame.path for one in pointed.left for frame in one.frames]
    paths += [one.snapshot.path for one in pointed.places]
    return next((one for one in paths if is_test(one)), next(iter(paths), ""))
