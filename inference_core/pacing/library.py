"""All profiles that can be asked for: those that ship, and the user's own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inference_core.pacing.errors import ProfileError, TakenIdError, UnknownProfileError
from inference_core.pacing.profile import Profile
from inference_core.pacing.profile_file import read_profile
from spark_resources import resource

# Whose a shipped id is, in an error.
SHIPPED = "one that ships with Spark"


@dataclass(frozen=True)
class Profiles:
    """The shipped profiles by id, then the user's; ``problems`` are files that cannot be used.

    A broken file of the user's must not take the others away, so it is told and left out.
    """

    profiles: tuple[Profile, ...]
    problems: tuple[ProfileError, ...] = ()

    @classmethod
    def load(cls, own_folder: Path | None = None, shipped: Path | None = None) -> Self:
        """Return the profiles of ``shipped`` (default: Spark's) and of the user's folder.

        Raises BadProfileError where a shipped one is broken: that is no user's doing.
        """
        folder = shipped or resource("profiles")
        found = [read_profile(path) for path in _files(folder)]
        owners = {profile.id: SHIPPED for profile in found}
        problems: list[ProfileError] = []
        for path in _files(own_folder) if own_folder else ():
            try:
                profile = read_profile(path, own=True)
                if profile.id in owners:
                    raise TakenIdError(path, profile.id, owners[profile.id])
            except ProfileError as error:
                problems.append(error)
                continue
            owners[profile.id] = f"the file {path.name}"
            found.append(profile)
        return cls(tuple(found), tuple(problems))

    def find(self, profile_id: str) -> Profile:
        """Return the profile with this id; raises UnknownProfileError."""
        for profile in self.profiles:
            if profile.id == profile_id:
                return profile
        raise UnknownProfileError(profile_id, [profile.id for profile in self.profiles])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"), key=lambda path: path.stem)
