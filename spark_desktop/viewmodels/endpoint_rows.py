"""What is said of one endpoint in the list of them."""

from dataclasses import dataclass

from spark_desktop.domain.breaker import Breaker
from spark_desktop.domain.core_state import CoreFailed, CoreReady, CoreState, CoreStopped
from spark_desktop.domain.endpoint_book import LOCAL
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.standings import Standing
from spark_desktop.services.keys import KeySource
from spark_desktop.viewmodels.amounts import duration_text
from spark_desktop.viewmodels.endpoint_words import local_title, price_text, price_tip
from spark_desktop.viewmodels.notice import Tone
from spark_desktop.viewmodels.translation import in_language, number_text, tr


@dataclass(frozen=True, slots=True)
class KeyFound:
    """What a look for a key found: where it is, None for nowhere; or why nobody can tell."""

    source: KeySource | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint as it is shown; ``place`` counts from 1, 0 where it is not asked.

    ``lacks_key``: nothing else is wrong with it. ``can_retry``: it is left out for now.
    """

    id: str
    title: str
    place: int
    state: str
    tone: Tone
    detail: str
    model: str
    price: str
    price_tip: str
    first_token: str
    rate: str
    measured_tip: str
    is_local: bool = False
    lacks_key: bool = False
    can_retry: bool = False

    @property
    def place_text(self) -> str:
        """Return the place as it is written."""
        return str(self.place) if self.place else tr("off")


def local_row(core: CoreState | None, place: int, standing: Standing | None) -> EndpointRow:
    """Return the row of the local core."""
    state, tone, detail = _core_words(core)
    model = core.model.id if isinstance(core, CoreReady) else ""
    return EndpointRow(
        id=LOCAL,
        title=local_title(),
        place=place,
        state=state,
        tone=tone,
        detail=detail,
        model=model,
        price=tr("free"),
        price_tip=tr("It runs on this machine."),
        is_local=True,
        first_token=_seconds(standing),
        rate=_rate(standing),
        measured_tip=_measured(standing),
    )


def row_of(
    spec: EndpointSpec,
    place: int,
    key: KeyFound | None,
    breaker: Breaker,
    now: float,
    standing: Standing | None,
) -> EndpointRow:
    """Return the row of an endpoint; ``now`` is of the clock that the breaker counts with.

    ``key`` is None while it is looked for.
    """
    wants_key = spec.auth is not AuthKind.NONE
    lacks = wants_key and key is not None and key.source is None and not key.problem
    state, tone, why = _state(breaker, now)
    if wants_key and key is not None and key.source is None:
        state, tone, why = _no_key(key, spec)
    price = spec.chosen.price
    return EndpointRow(
        id=spec.id,
        title=spec.title,
        place=place,
        state=state,
        tone=tone,
        detail=" · ".join(part for part in (why, spec.url, key_text(spec, key)) if part),
        model=spec.model or tr("none chosen"),
        price=price_text(price),
        price_tip=price_tip(price),
        lacks_key=lacks,
        can_retry=breaker.failures > 0 or not breaker.allows(now),
        first_token=_seconds(standing),
        rate=_rate(standing),
        measured_tip=_measured(standing),
    )


def key_text(spec: EndpointSpec, key: KeyFound | None) -> str:
    """Return where an endpoint's key comes from; nothing where it needs none or has none."""
    if spec.auth is AuthKind.NONE or key is None or key.source is None:
        return ""
    match key.source:
        case KeySource.KEYRING:
            return tr("key in the keyring")
        case KeySource.SESSION:
            return tr("key for this session only")
        case KeySource.ENVIRONMENT:
            return tr("key in {variable}", variable=spec.key_env)


def _state(breaker: Breaker, now: float) -> tuple[str, Tone, str]:
    reason = in_language(breaker.reason)
    if breaker.allows(now):
        if not breaker.failures:
            return tr("ready"), Tone.GOOD, ""
        failed = tr("failed %n time(s)", "", breaker.failures)
        return failed, Tone.WARNING, reason
    time = duration_text(breaker.open_until - now)
    if breaker.pause:
        return tr("failing, tried again in {time}", time=time), Tone.PROBLEM, reason
    return tr("waiting {time}", time=time), Tone.WARNING, reason


def _no_key(key: KeyFound, spec: EndpointSpec) -> tuple[str, Tone, str]:
    if key.problem:
        return tr("key cannot be read"), Tone.PROBLEM, key.problem
    if spec.key_env:
        looked = tr("Looked for its key in the keyring and in {variable}.", variable=spec.key_env)
    else:
        looked = tr("Looked for its key in the keyring.")
    return tr("key missing"), Tone.PROBLEM, looked


def _core_words(core: CoreState | None) -> tuple[str, Tone, str]:
    match core:
        case None:
            return tr("starts with a project"), Tone.MUTED, tr("The model on this machine.")
        case CoreReady():
            return tr("ready"), Tone.GOOD, tr("The model on this machine.")
        case CoreStopped():
            return tr("stopped"), Tone.MUTED, tr("It starts when it is asked.")
        case CoreFailed(reason, next_step):
            detail = f"{in_language(reason)} {in_language(next_step)}".strip()
            return tr("failed"), Tone.PROBLEM, detail
        case _:
            return tr("starting"), Tone.BUSY, tr("The model on this machine.")


def _seconds(standing: Standing | None) -> str:
    if standing is None or standing.first_token is None:
        return tr("not measured")
    return duration_text(standing.first_token)


def _rate(standing: Standing | None) -> str:
    if standing is None or standing.rate is None:
        return tr("not measured")
    return tr("{rate} tokens/s", rate=number_text(standing.rate, ",.0f"))


def _measured(standing: Standing | None) -> str:
    if standing is None:
        return tr("Ask it something: its answers are measured.")
    return tr("The median of %n answer(s) in the last 30 days", "", standing.answers)
