"""A profile in words: each figure with its provenance, and what physics says of it."""

from inference_core.pacing.figures import Absent, Figure, Stated
from inference_core.pacing.physics import PerLayer, Ratio, Roofline
from inference_core.pacing.profile import FIGURES, Profile


def explain(profile: Profile) -> list[str]:
    """Return the lines that ``spark-core profile explain`` prints."""
    return [
        f"{profile.title} ({profile.id})",
        f"  model     {profile.model}",
        f"  hardware  {profile.hardware}",
        "",
        "Figures",
        *(line for name, stated in profile.figures().items() for line in _figure(name, stated)),
        "",
        "Where the decode rate comes from",
        *(f"  {line}" for line in _derivation(profile)),
    ]


def _figure(name: str, stated: Stated) -> list[str]:
    if isinstance(stated, Absent):
        return [f"  {name:<20} not known: {stated.reason}"]
    limits = FIGURES[name]
    number = f"{stated.value:,.0f}" if limits.whole else f"{stated.value:.6g}"
    error = "" if stated.error is None else f", within {stated.error:.3g}"
    return [
        f"  {name:<20} {number} {limits.unit}",
        f"  {'':<20} {stated.kind}{error}: {stated.source} ({stated.date})",
    ]


def _derivation(profile: Profile) -> list[str]:
    found = profile.derivation
    if isinstance(found, Absent):
        return [f"Not derived: {found.reason}"]
    match found:
        case Roofline():
            lines = _roofline(found)
        case PerLayer():
            lines = [
                "Latency per layer: tokens/s = accepted / (layers x seconds per layer)",
                f"= {found.accepted:g} / ({found.layers} x "
                f"{found.seconds_per_layer * 1e6:g} microseconds)",
            ]
        case Ratio():
            lines = [
                "A told ratio, no physics: tokens/s = base x factor",
                f"= {found.base_tps:g} x {found.factor:g}",
            ]
    computed = found.tokens_per_second()
    lines.append(
        f"= {computed:.4g} tokens/s, {computed / profile.decode_tps.value - 1:+.1%} from the "
        f"profile's {profile.decode_tps.value:g} (admitted: {found.error:.1%})"
    )
    lines.append(f"Inputs: {found.inputs}.")
    if isinstance(found, Roofline) and found.prefill is not None:
        lines += _prefill(found, profile.per_prompt_token_s)
    return lines


def _roofline(found: Roofline) -> list[str]:
    return [
        "Bandwidth roofline: tokens/s = utilisation x bandwidth x accepted / "
        "(weights + KV per token x context)",
        f"= {found.utilisation:g} x {found.bandwidth / 1e12:g} TB/s x {found.accepted:g} / "
        f"({found.weights / 1e9:g} GB + {found.kv_per_token:,.0f} B x {found.context:,.0f})",
    ]


def _prefill(found: Roofline, stated: Figure) -> list[str]:
    prefill = found.prefill
    if prefill is None:
        return []
    computed = prefill.seconds_per_token()
    return [
        "Prompt: seconds/token = 2 x parameters / (utilisation x operations/s)",
        f"= 2 x {prefill.parameters / 1e9:g} billion / ({prefill.utilisation:g} x "
        f"{prefill.operations_per_s / 1e12:g} Tera/s)",
        f"= {computed * 1e6:.4g} microseconds, {computed / stated.value - 1:+.1%} from the "
        f"profile's {stated.value * 1e6:.4g}",
    ]
