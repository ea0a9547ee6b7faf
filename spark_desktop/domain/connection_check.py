"""What a test of a connection found, step by step."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel
from spark_desktop.domain.words import Said, say


class CheckKind(Enum):
    """The steps in their order."""

    NAME = "name"
    TCP = "tcp"
    TLS = "tls"
    AUTH = "auth"
    MODELS = "models"
    FIRST_TOKEN = "first-token"
    SPEED = "speed"
    CONTEXT = "context"
    FILL_IN = "fill-in"
    TOOLS = "tools"
    STRUCTURED = "structured-output"

    @property
    def label(self) -> Said:
        """Return what the step is called for the user."""
        return _LABELS[self]


_LABELS = {
    CheckKind.NAME: say("Name"),
    CheckKind.TCP: say("Connection"),
    CheckKind.TLS: say("Certificate"),
    CheckKind.AUTH: say("Key"),
    CheckKind.MODELS: say("Models"),
    CheckKind.FIRST_TOKEN: say("First token"),
    CheckKind.SPEED: say("Speed"),
    CheckKind.CONTEXT: say("Context"),
    CheckKind.FILL_IN: say("Fill-in"),
    CheckKind.TOOLS: say("Tools"),
    CheckKind.STRUCTURED: say("Structured output"),
}
# Without these nothing after them can be tested.
DECISIVE = frozenset(
    (CheckKind.NAME, CheckKind.TCP, CheckKind.TLS, CheckKind.AUTH, CheckKind.FIRST_TOKEN)
)
WAYS = {
    FillInWay.INFILL: say("the route /infill"),
    FillInWay.SUFFIX: say("completions with a suffix"),
    FillInWay.FIM_ROUTE: say("the route /fim/completions"),
    FillInWay.TOKENS: say("the model's own tokens"),
}


class CheckOutcome(Enum):
    """How a step ended."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    # The server does not have it, or does not tell it; that is no fault.
    ABSENT = "absent"
    # There is nothing to test, as TLS of plain HTTP, or an earlier step failed.
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step: ``found`` is for the user, ``next_step`` only where it failed, ``seconds`` ours."""

    kind: CheckKind
    outcome: CheckOutcome
    found: str = ""
    next_step: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All steps so far; ``spec`` is the endpoint with what was found written into its model.

    ``listed`` are the models that the server tells, of which ``spec`` holds only the one that was
    tested and those that it had before. ``is_over`` says that no step follows.
    """

    spec: EndpointSpec
    steps: tuple[CheckStep, ...] = ()
    is_over: bool = False
    listed: tuple[RemoteModel, ...] = ()

    @property
    def failed(self) -> CheckStep | None:
        """Return the first step that failed, None where none has so far."""
        return next((step for step in self.steps if step.outcome is CheckOutcome.FAILED), None)

    def step(self, kind: CheckKind) -> CheckStep | None:
        """Return a step; None where it has not begun."""
        return next((step for step in self.steps if step.kind is kind), None)

    def with_step(self, step: CheckStep) -> "CheckReport":
        """Return the report with a step, in the place of the one of its kind, else behind."""
        if self.step(step.kind) is None:
            return replace(self, steps=(*self.steps, step))
        steps = tuple(step if one.kind is step.kind else one for one in self.steps)
        return replace(self, steps=steps)

    def without_the_rest(self, failed: CheckKind) -> "CheckReport":
        """Return the report with every later step skipped, as this one failed."""
        report = self
        reason = say("Not tested, as a step before it failed: {step}.", step=failed.label)
        for kind in CheckKind:
            if self.step(kind) is None:
                report = report.with_step(CheckStep(kind, CheckOutcome.SKIPPED, reason))
        return report


@dataclass(frozen=True, slots=True)
class Lookup:
    """Which addresses a name has; ``proxy`` is the one that was looked up instead, "" for none."""

    host: str
    addresses: tuple[str, ...]
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Connected:
    """How long opening a connection took, the look-up left out; ``proxy`` as in a look-up."""

    seconds: float
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What TLS was agreed on, and with whom; "" and None for what the system does not tell."""

    version: str
    subject: str = ""
    issuer: str = ""
    expires: datetime | None = None


class Access(Enum):
    """What the cheapest authorised request said of the key."""

    GRANTED = "granted"
    # Whoever asks is answered: nothing is said of the key yet.
    OPEN = "open"
    # There is no list of models, but what answers questions is there and took the key.
    UNLISTED = "unlisted"


def with_model(spec: EndpointSpec, model: RemoteModel) -> EndpointSpec:
    """Return the endpoint with a model, in the place of the one with its id, else behind."""
    if all(one.id != model.id for one in spec.models):
        return replace(spec, models=(*spec.models, model))
    models = tuple(model if one.id == model.id else one for one in spec.models)
    return replace(spec, models=models)
