"""What a core was told to emulate."""

from dataclasses import dataclass

from inference_core.domain.emulation import Pace, Source
from inference_core.pacing.clock import Clock
from inference_core.pacing.profile import Profile
from inference_core.server.answers import Json
from inference_core.server.emulation.faults import FaultPlan
from inference_core.server.emulation.quota import Quota


@dataclass(frozen=True, slots=True)
class Emulation:
    """A profile, where the text comes from, the account's limits, and the faults that are due.

    ``seed`` decides about the jitter of the first answer; each further one has the next number.
    """

    profile: Profile
    source: Source
    quota: Quota
    faults: FaultPlan
    clock: Clock
    seed: int = 0

    @property
    def header(self) -> str:
        """What the header ``x-spark-emulated`` says."""
        kind = str(self.profile.decode_tps.kind)
        return f"profile={self.profile.id}; source={self.source.value}; kind={kind}"

    def label(self, pace: Pace | None = None) -> Json:
        """Return ``x_spark``, with how the answer went where that is known."""
        label: Json = {
            "emulated": True,
            "profile": self.profile.id,
            "title": self.profile.title,
            "source": self.source.value,
            "kind": str(self.profile.decode_tps.kind),
            "target_tps": self.profile.decode_tps.value,
        }
        if pace is not None:
            label |= {
                "target_tps": _rounded(pace.target_tps),
                "achieved_tps": _rounded(pace.achieved_tps),
                "behind_share": round(pace.behind_share, 4),
                "engine_s": None if pace.engine_s is None else round(pace.engine_s, 6),
            }
        return label


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 3)
