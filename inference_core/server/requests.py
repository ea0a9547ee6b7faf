"""A validated request of any generating route: what the engine is asked, how it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference_core.domain.chat import ChatRequest
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import GenerationRequest
from inference_core.server.fields import Fields
from inference_core.server.sampling_fields import shifted_seed
from inference_core.server.served_model import ServedModel

Question = GenerationRequest | ChatRequest

# All of them run at once; more would only wait for one another.
ANSWERS_LIMIT = 8


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the answer is sent: at once or streamed, with which extras."""

    stream: bool
    include_usage: bool = False
    progress: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One validated request: a question for each answer, ``per_prompt`` of them for a prompt.

    ``predict_ms`` ends an answer that takes longer, see limited_in_time; None leaves it its time.
    """

    questions: tuple[Question, ...]
    delivery: Delivery
    per_prompt: int = 1
    predict_ms: int | None = None


def read_delivery(fields: Fields) -> Delivery:
    """Return how the answer is wanted. Raises RequestError."""
    options = fields.child("stream_options")
    return Delivery(
        stream=fields.flag("stream"),
        include_usage=options.flag("include_usage"),
        progress=fields.flag("return_progress"),
    )


def check_model(fields: Fields, model: ServedModel) -> None:
    """Raise UnknownModelNameError if the request asks for another model than the loaded one."""
    if fields.has("model"):
        model.check_name(fields.text("model"))


def read_count(fields: Fields) -> int:
    """Return how many answers each prompt gets. Raises RequestError."""
    return fields.integer("n", low=1, high=ANSWERS_LIMIT) or 1


def several(prompts: Sequence[Question], count: int, delivery: Delivery) -> Generation:
    """Return the request for ``count`` answers to each prompt, whose seeds follow on each other.

    Raises RequestError for more than ANSWERS_LIMIT answers in all.
    """
    if len(prompts) * count > ANSWERS_LIMIT:
        raise RequestError(
            f"'n' asks for {count} answers to each of {len(prompts)} prompts; "
            f"at most {ANSWERS_LIMIT} are given at once.",
            param="n" if count > 1 else "prompt",
            code="invalid_value",
        )
    questions = tuple(_shifted(prompt, number) for prompt in prompts for number in range(count))
    return Generation(questions, delivery, count)


def _shifted(question: Question, number: int) -> Question:
    seed = shifted_seed(question.sampling.seed, number)
    return replace(question, sampling=replace(question.sampling, seed=seed))
