"""Why hardware is as fast as it is: two models of decode, and one of prefill.

**Bandwidth roofline** (GPU, TPU, Inferentia, Trainium). To make one token, every active weight and
the keys and values of the whole context are read from memory once, so at batch 1

    tokens/s = utilisation x bandwidth x accepted / (weights + kv_per_token x context)

with bandwidth in bytes/s, weights in bytes, kv_per_token in bytes, context in tokens. Utilisation
(MBU) is the share of the data sheet's bandwidth that is reached: 0.12 to 0.55 in the profiles that
ship, 1 where only the bound itself is known. Source: "How to Scale Your Model" (2025-02), chapters
on rooflines and inference.

**Latency per layer** (wafer). The WSE-3's 21 PB/s over 16 GB of weights would allow 1.3 million
tokens/s; what is left is the way of one token through the layers, one after the other:

    tokens/s = accepted / (layers x seconds_per_layer)

Published speeds give 8 to 16 microseconds for a layer; 10 is what the profiles use.

**Prefill** (all but the wafer). A prompt is computed at once, so it is bound by arithmetic: each
token takes two operations (multiply, add) for each active parameter:

    seconds/token = 2 x parameters / (utilisation x operations/s)
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefill:
    """What bounds a prompt: active parameters, the data sheet's operations/s, the share reached."""

    parameters: float
    operations_per_s: float
    utilisation: float

    def seconds_per_token(self) -> float:
        """Return the seconds that one prompt token takes."""
        return 2 * self.parameters / (self.utilisation * self.operations_per_s)


@dataclass(frozen=True, slots=True)
class Roofline:
    """Decode bound by memory: bytes/s, bytes, bytes per token of context, share, tokens.

    ``inputs`` says where these come from; ``error`` is the relative error within which the formula
    meets the published rate.
    """

    bandwidth: float
    weights: float
    kv_per_token: float
    utilisation: float
    inputs: str
    error: float
    context: float = 0.0
    accepted: float = 1.0
    prefill: Prefill | None = None

    def tokens_per_second(self) -> float:
        """Return the rate at the context that the inputs name."""
        read = self.weights + self.kv_per_token * self.context
        return self.utilisation * self.bandwidth * self.accepted / read

    def slowdown_per_token(self) -> float:
        """Return how much longer a step takes for each token of context, relative to none."""
        return self.kv_per_token / self.weights


@dataclass(frozen=True, slots=True)
class PerLayer:
    """Decode bound by the way through the layers: seconds for each of them, tokens per step."""

    layers: int
    seconds_per_layer: float
    inputs: str
    error: float
    accepted: float = 1.0

    def tokens_per_second(self) -> float:
        """Return the rate."""
        return self.accepted / (self.layers * self.seconds_per_layer)


@dataclass(frozen=True, slots=True)
class Ratio:
    """No physics: a vendor told a multiple of another published rate."""

    base_tps: float
    factor: float
    inputs: str
    error: float

    def tokens_per_second(self) -> float:
        """Return the rate."""
        return self.base_tps * self.factor


Derivation = Roofline | PerLayer | Ratio
