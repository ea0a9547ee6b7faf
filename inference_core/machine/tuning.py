"""Which settings are worth a trial on this machine, and when one is better: no I/O, no clock."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference_core.machine.hardware import Hardware
from inference_core.machine.tuned import Tuned

# A candidate must win by this much: two runs of the same settings differ by up to 2 % in the
# median of three on an idle machine, and a change that is not felt is not worth a surprise.
MARGIN = 0.03
# A candidate that is this much slower in the first round needs no second one.
HOPELESS = 1.25

DEFAULT_BATCH = 512
BATCHES = (64, 128, 256, 1024)
STEP_ROWS = (1, 2, 4, 8, 12, 16, 24, 32, 48)

# Longer prompts tell nothing new, and a fast machine would take too many.
LONGEST_PROMPT = 2048

# A typical request of an editor: most of the prompt is known from before, the rest is processed.
TYPICAL_PROMPT = 200
TYPICAL_ANSWER = 100


@dataclass(frozen=True, slots=True)
class Rates:
    """What one round found: milliseconds for a token of a prompt, and of an answer."""

    prefill_ms: float
    decode_ms: float

    @property
    def typical_ms(self) -> float:
        """What a typical request takes."""
        return TYPICAL_PROMPT * self.prefill_ms + TYPICAL_ANSWER * self.decode_ms


@dataclass(frozen=True, slots=True)
class Gain:
    """A candidate's time as a share of that of what it is compared with; below 1 is faster."""

    prefill: float
    decode: float
    typical: float


def defaults(hardware: Hardware) -> Tuned:
    """Return the settings that are used where nothing was measured."""
    return Tuned(hardware.usable, hardware.usable, DEFAULT_BATCH, None, "f16")


def thread_candidates(hardware: Hardware, quick: bool) -> tuple[int, ...]:
    """Return numbers of OS threads to try beside the default of one per usable core.

    Hyper-threads can help with prompts; fewer threads can win where memory is the limit, or where
    the system keeps a core busy.
    """
    usable = hardware.usable
    wanted = [hardware.logical, usable - 1, usable // 2]
    # On many cores that share the memory's bandwidth decoding can peak early.
    wanted += [usable // 4] if usable >= 16 else []
    found = dict.fromkeys(count for count in wanted if count >= 1 and count != usable)
    return tuple(found)[: 2 if quick else 4]


def batch_candidates(prompt_tokens: int, quick: bool) -> tuple[int, ...]:
    """Return batch sizes to try beside the default; none above the prompt that is timed."""
    sizes = tuple(size for size in BATCHES if size <= prompt_tokens)
    return sizes[-1:] if quick else sizes


def flash_candidates(settings: Tuned) -> tuple[Tuned, ...]:
    """Return settings with flash attention off: the engine turns it on by itself where it can."""
    return (replace(settings, flash_attention=False),)


def kv_candidates(settings: Tuned) -> tuple[Tuned, ...]:
    """Return settings with a smaller KV cache, which the engine wants flash attention for."""
    if settings.flash_attention is False:
        return ()
    return (replace(settings, kv_type="q8_0"),)


def gain(base: Sequence[Rates], other: Sequence[Rates]) -> Gain:
    """Return the median of the rounds' ratios: what disturbs one round disturbs its pair alone."""
    pairs = list(zip(base, other, strict=True))
    return Gain(
        statistics.median(b.prefill_ms / a.prefill_ms for a, b in pairs),
        statistics.median(b.decode_ms / a.decode_ms for a, b in pairs),
        statistics.median(b.typical_ms / a.typical_ms for a, b in pairs),
    )


def is_better(ratio: float) -> bool:
    """Return whether a candidate's share of the time is a win."""
    return ratio < 1 - MARGIN


def is_hopeless(found: Gain) -> bool:
    """Return whether more rounds would be a waste of time."""
    return min(found.prefill, found.decode) > HOPELESS


def prompt_size(ms_per_token: float, seconds: float) -> int:
    """Return how many tokens to time so that it takes about so long, in blocks of 64."""
    blocks = int(seconds * 1000 / ms_per_token / 64)
    return min(LONGEST_PROMPT, max(64, blocks * 64))


def decode_steps(ms_per_token: float, seconds: float) -> int:
    """Return how many tokens to generate so that it takes about so long."""
    return min(48, max(6, int(seconds * 1000 / ms_per_token)))
