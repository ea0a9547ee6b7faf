"""What can go wrong with a profile, each error with the user's next step."""

from collections.abc import Sequence
from pathlib import Path

from inference_core.domain.errors import CoreError, UsageError


class ProfileError(CoreError):
    """A profile cannot be read, kept or measured."""

    code = "profile_error"


class BadProfileError(ProfileError):
    """A profile's file is not as it should be; the message names the file and the key."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The profile {path} cannot be used: {reason}.",
            "Correct the file (docs/profiles.md has every key), or remove it; "
            "'spark-core profile check FILE' tells whether it is right.",
        )
        self.path = path


class TakenIdError(ProfileError):
    """A user's profile has the id of another one."""

    def __init__(self, path: Path, profile_id: str, owner: str) -> None:
        super().__init__(
            f"The profile {path} has the id {profile_id!r}, which {owner} has already.",
            "Give it another id, such as "
            f"{'own-' + profile_id!r}: a shipped figure is never replaced in silence.",
        )
        self.path = path


class UnknownProfileError(ProfileError, UsageError):
    """No profile has this id; the message names those that exist."""

    def __init__(self, asked: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no profile {asked!r}.",
            f"Use one of {', '.join(known)}, or add a file (docs/profiles.md says how).",
        )
        self.asked = asked


class MeasuringError(ProfileError):
    """An endpoint gave nothing that a profile could be fitted to."""
