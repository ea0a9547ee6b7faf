"""The JSON of endpoints that scripts read; docs/cli.md describes each shape. Never a key."""

from spark_desktop.cli.json_shapes import Json
from spark_desktop.domain.connection_check import CheckStep
from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, Price, RemoteModel, WorkKind
from spark_desktop.domain.presets import Preset
from spark_desktop.domain.standings import Standing


def endpoint_json(spec: EndpointSpec, book: EndpointBook) -> Json:
    """Return an endpoint; ``places`` counts from 1 in the order of each kind of work."""
    return {
        "id": spec.id,
        "title": spec.title,
        "url": spec.url,
        "protocol": spec.protocol.value,
        "auth": spec.auth.value,
        "key_env": spec.key_env,
        "preset": spec.preset,
        "model": model_json(spec.chosen),
        "models": [model.id for model in spec.models],
        "places": places(spec.id, book),
    }


def places(endpoint_id: str, book: EndpointBook) -> dict[str, object]:
    """Return where an endpoint stands in the order of each kind of work, from 1 on."""
    orders = {kind: book.order(kind) for kind in WorkKind}
    return {
        kind.value: order.index(endpoint_id) + 1
        for kind, order in orders.items()
        if endpoint_id in order
    }


def model_json(model: RemoteModel) -> Json:
    """Return what is known of a model; sizes in tokens, null where nobody says."""
    return {
        "id": model.id,
        "title": model.title,
        "context": model.context,
        "max_output": model.max_output,
        "fill_in": model.fill_in.value,
        "tools": model.tools,
        "structured_output": model.structured_output,
        "prediction": model.prediction,
        "reasoning": model.reasoning,
        "fast": model.fast,
        "price": None if model.price is None else price_json(model.price),
    }


def price_json(price: Price) -> Json:
    """Return a price in US dollars for a million tokens, with its day and source."""
    return {
        "input": price.input,
        "output": price.output,
        "cached": price.cached,
        "written": price.written,
        "fast": price.fast,
        "as_of": price.as_of.isoformat(),
        "source": price.source,
    }


def preset_json(preset: Preset) -> Json:
    """Return a preset; ``fields`` are what has to be filled in, each with an example."""
    spec = preset.spec
    return {
        "id": spec.id,
        "title": spec.title,
        "url": spec.url,
        "protocol": spec.protocol.value,
        "auth": spec.auth.value,
        "key_env": spec.key_env,
        "fields": {field.name: field.example for field in preset.fields},
        "models": [model_json(model) for model in spec.models],
    }


def step_json(step: CheckStep) -> Json:
    """Return one step of a test; ``seconds`` to the millisecond."""
    return {
        "step": step.kind.value,
        "outcome": step.outcome.value,
        "found": step.found,
        "next_step": step.next_step,
        "seconds": None if step.seconds is None else round(step.seconds, 3),
    }


def standing_json(line: Standing) -> Json:
    """Return one line of the leaderboard: seconds, tokens a second, shares, US dollars."""
    return {
        "endpoint": line.endpoint,
        "model": line.model,
        "answers": line.answers,
        "first_token": _rounded(line.first_token),
        "first_token_p95": _rounded(line.first_token_p95),
        "rate": _rounded(line.rate),
        "total_p95": _rounded(line.total_p95),
        "errors": _rounded(line.errors),
        "cost": line.cost,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
