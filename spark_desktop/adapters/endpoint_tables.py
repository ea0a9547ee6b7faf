"""An endpoint as a TOML table, and back."""

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import Enum

from spark_desktop.domain.endpoints import (
    EndpointSpec,
    FillInWay,
    Limits,
    Price,
    RemoteModel,
    Route,
)
from spark_desktop.domain.presets import placeholders
from spark_desktop.domain.tables import Table
from spark_desktop.domain.words import say

# A price without these is of no use: it may be of another year.
_UNDATED = say("It is not used.")


def spec_of(table: Table, presets: Mapping[str, EndpointSpec]) -> EndpointSpec | None:
    """Return the endpoint in a table; what it does not say is its preset's.

    None, with a problem, where it has no id or no URL, or its preset's with a field left open.
    """
    preset = presets.get(table.text("preset"), EndpointSpec("", "", ""))
    id_ = table.text("id", preset.id)
    url = table.text("url", preset.url)
    if not id_ or not url:
        table.refuse(say("{name} has no id or no url.", name=table.name))
        return None
    if "preset" in table and placeholders(url):
        table.refuse(
            say(
                "{name}: its url still has {{{field}}}.",
                name=table.name,
                field=placeholders(url)[0],
            )
        )
        return None
    models = tuple(_model(one) for one in table.tables("models"))
    return EndpointSpec(
        id=id_,
        title=table.text("title", preset.title or id_),
        url=url,
        protocol=table.choice("protocol", preset.protocol),
        auth=table.choice("auth", preset.auth),
        auth_header=table.text("auth_header", preset.auth_header),
        key_env=table.text("key_env", preset.key_env),
        model=table.text("model", preset.model or (models[0].id if models else "")),
        models=_merged(models, preset.models),
        headers=table.pairs("headers") if "headers" in table else preset.headers,
        limits=_limits(table.table("limits")) if "limits" in table else preset.limits,
        route=_route(table.table("route")),
        preset=table.text("preset"),
    )


def table_of(spec: EndpointSpec, presets: Mapping[str, EndpointSpec]) -> dict[str, object]:
    """Return the table of an endpoint; what its preset says in the same words is left out."""
    preset = presets.get(spec.preset, EndpointSpec("", "", ""))
    table: dict[str, object] = {"id": spec.id}
    for name in ("preset", "title", "url", "auth_header", "key_env", "model"):
        value = getattr(spec, name)
        if value and (name == "preset" or value != getattr(preset, name)):
            table[name] = value
    for name in ("protocol", "auth"):
        if getattr(spec, name) is not getattr(preset, name):
            table[name] = getattr(spec, name).value
    if spec.headers != preset.headers:
        table["headers"] = dict(spec.headers)
    if spec.limits != preset.limits:
        table["limits"] = _changed(spec.limits, Limits())
    if spec.route != Route():
        table["route"] = _changed(spec.route, Route())
    own = [model for model in spec.models if model not in preset.models]
    if own:
        table["models"] = [_model_table(model, preset.models) for model in own]
    return table


def _merged(
    own: tuple[RemoteModel, ...], preset: tuple[RemoteModel, ...]
) -> tuple[RemoteModel, ...]:
    known = {model.id for model in own}
    mine = (replace(one, price=one.price or _price_of(one.id, preset)) for one in own)
    return (*mine, *(model for model in preset if model.id not in known))


def _model_table(model: RemoteModel, preset: tuple[RemoteModel, ...]) -> dict[str, object]:
    """Return a model's table, without its preset's price: that one may be newer next time."""
    table = _changed(model, RemoteModel(""))
    if model.price == _price_of(model.id, preset):
        table.pop("price", None)
    return table


def _price_of(model_id: str, models: tuple[RemoteModel, ...]) -> Price | None:
    return next((model.price for model in models if model.id == model_id), None)


def _model(table: Table) -> RemoteModel:
    if not table.text("id"):
        table.refuse(say("{name} has no id.", name=table.name))
    return RemoteModel(
        id=table.text("id"),
        title=table.text("title"),
        context=table.count("context"),
        max_output=table.count("max_output"),
        fill_in=table.choice("fill_in", FillInWay.NONE),
        tools=table.flag("tools"),
        structured_output=table.flag("structured_output"),
        prediction=table.flag("prediction"),
        reasoning=table.flag("reasoning"),
        fast=table.flag("fast"),
        price=_price(table.table("price")) if "price" in table else None,
    )


def _price(table: Table) -> Price | None:
    inwards, outwards = table.number("input"), table.number("output")
    as_of, source = table.day("as_of"), table.text("source")
    if inwards is None or outwards is None or as_of is None or not source:
        table.refuse(
            say(
                "{name} needs input, output, as_of and source. {so}",
                name=table.name,
                so=_UNDATED,
            )
        )
        return None
    return Price(
        *(inwards, outwards, as_of, source),
        cached=table.number("cached"),
        fast=table.number("fast"),
        written=table.number("written"),
    )


def _limits(table: Table) -> Limits:
    return Limits(
        requests_per_minute=table.count("requests_per_minute"),
        tokens_per_minute=table.count("tokens_per_minute"),
        requests_per_day=table.count("requests_per_day"),
        charged_up_front=table.flag("charged_up_front"),
    )


def _route(table: Table) -> Route:
    return Route(
        proxy=table.text("proxy"),
        ca_file=table.text("ca_file"),
        client_certificate=table.text("client_certificate"),
        client_key=table.text("client_key"),
        plain_http=table.flag("plain_http"),
    )


def _changed(value: Limits | Route | RemoteModel | Price, default: object) -> dict[str, object]:
    """Return the fields that are not the default's, as TOML knows them."""
    table: dict[str, object] = {}
    for one in fields(value):
        found = getattr(value, one.name)
        if found is None or found == getattr(default, one.name, None):
            continue
        table[one.name] = _plain(found)
    return table


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return _changed(value, None) if isinstance(value, Price) else value
