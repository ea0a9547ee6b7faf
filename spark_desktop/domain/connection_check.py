"""What a test of a connection found, step by step."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.endpoints import EndpointSpec


class CheckKind(Enum):
    """The steps in their order; each needs those before it to have passed, but for the last."""

    NAME = "name"
    TCP = "tcp"
    TLS = "tls"
    AUTH = "auth"
    MODELS = "models"
    FIRST_TOKEN = "first token"
    SPEED = "speed"
    CONTEXT = "context"
    FILL_IN = "fill-in"
    TOOLS = "tools"


class CheckOutcome(Enum):
    """How a step ended; SKIPPED where there is nothing to test, as TLS of plain HTTP."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
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
    """All steps so far; ``spec`` is the endpoint with what was found written into it.

    That is its models with context, fill-in and tools. ``is_over`` says that no step follows.
    """

    spec: EndpointSpec
    steps: tuple[CheckStep, ...] = ()
    is_over: bool = False
