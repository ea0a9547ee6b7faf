"""What the command's exit codes mean; docs/cli.md explains them to the user."""

from enum import IntEnum

from spark_desktop.domain.errors import ConflictError, FileChangedError, SparkError


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    WITHHELD = 3
    CONFLICT = 4
    # 128 + SIGINT, as shells report it.
    INTERRUPTED = 130


def code_of(error: SparkError) -> ExitCode:
    """Return the exit code for an error that ended a command."""
    if isinstance(error, UsageError):
        return ExitCode.USAGE
    if isinstance(error, ConflictError | FileChangedError):
        return ExitCode.CONFLICT
    return ExitCode.FAILED


class UsageError(SparkError):
    """The arguments fit the grammar but not the folder or the file they are about."""
