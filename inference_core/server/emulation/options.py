"""From the flags of ``serve --emulate`` to what is emulated."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from inference_core.domain.emulation import Source
from inference_core.domain.errors import UsageError
from inference_core.pacing.clock import Clock
from inference_core.pacing.profile import Profile
from inference_core.server.emulation.faults import BadFaultError, FaultPlan, FaultRule, read_faults
from inference_core.server.emulation.quota import Limits, Quota
from inference_core.server.emulation.settings import Emulation

# What an account may ask where no flag says it: round numbers in the order of those of accounts
# that pay, and of those that do not; yours are on your account's page.
_PAID = Limits(requests_per_day=1_440_000, tokens_per_minute=1_000_000)
_FREE = Limits(requests_per_day=14_400, tokens_per_minute=60_000)

# Tokens that a prompt and its answer may have together: without paying (gpt-oss-120b), and where a
# profile does not say it.
FREE_CONTEXT = 65_536
USUAL_CONTEXT = 131_072

# The service's own names, where they are not those of the model.
_API_NAMES = {"glm-4.7-wse3": "zai-glm-4.7"}


DEFAULT_PROFILE = "codex-spark"


@dataclass(frozen=True, slots=True)
class EmulationOptions:
    """The flags; None leaves a limit at its default, no ``recording`` is the one that ships."""

    profile: str = DEFAULT_PROFILE
    source: str = Source.ENGINE.value
    recording: Path | None = None
    free_tier: bool = False
    requests_per_day: int | None = None
    tokens_per_minute: int | None = None
    faults: str = ""
    seed: int = 0


def emulation_of(options: EmulationOptions, profile: Profile, clock: Clock) -> Emulation:
    """Return what is emulated. Raises UsageError for a fault that is none."""
    return Emulation(
        profile=profile,
        source=Source(options.source),
        quota=Quota(_limits(options), time.monotonic),
        faults=FaultPlan(_faults(options.faults), options.seed),
        clock=clock,
        seed=options.seed,
    )


def refuse_without_emulation(given: Mapping[str, object]) -> None:
    """Raise UsageError for a flag that only means something with --emulate; None is not given."""
    for flag, value in given.items():
        if value is not None:
            raise UsageError(
                f"{flag} says how a service is emulated.", "Add --emulate cerebras, or leave it."
            )


def api_name(profile: Profile) -> str:
    """Return the name by which requests ask for a profile's model."""
    slug = re.sub(r"[^a-z0-9.]+", "-", profile.model.lower()).strip("-")
    # A name without a letter of ASCII leaves nothing.
    return _API_NAMES.get(profile.id, slug or profile.id)


def context_limit(profile: Profile, free_tier: bool) -> int:
    """Return how many tokens a prompt and its answer may have together."""
    most = profile.context_tokens or USUAL_CONTEXT
    return min(most, FREE_CONTEXT) if free_tier else most


def _limits(options: EmulationOptions) -> Limits:
    usual = _FREE if options.free_tier else _PAID
    return Limits(
        options.requests_per_day or usual.requests_per_day,
        options.tokens_per_minute or usual.tokens_per_minute,
    )


def _faults(text: str) -> tuple[FaultRule, ...]:
    try:
        return read_faults(text)
    except BadFaultError as error:
        raise UsageError(f"--fault: {error.message}", error.next_step) from error
