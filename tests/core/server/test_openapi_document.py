"""The document of the routes: whole, and true of every route that there is."""

import re

import jsonschema_rs
import pytest
from generating import MODEL, TOKEN, ScriptedEngine, asking, service_of
from starlette.routing import Route

from inference_core.server.app import build_app
from inference_core.server.openapi.document import openapi_document
from inference_core.server.openapi.operations import STATUSES

DOCUMENT = openapi_document()


def operations():
    return {
        (method, path): entry
        for path, entries in DOCUMENT["paths"].items()
        for method, entry in entries.items()
    }


def test_every_route_is_in_the_document_and_nothing_else():
    routes = build_app(service_of(ScriptedEngine([])), TOKEN).routes
    there = {
        (method.lower(), re.sub(r":path}", "}", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in route.methods - {"HEAD"}
    }
    assert set(operations()) == there


def test_every_operation_has_a_name_of_its_own():
    names = [entry["operationId"] for entry in operations().values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("method", "path"), operations())
def test_every_operation_says_what_may_go_wrong(method, path):
    entry = operations()[method, path]
    said = {int(status) for status in entry["responses"]}
    wanted = {200, 400, 403, 405, 408, 500, 503} | (set() if path == "/health" else {401})
    assert wanted <= said
    assert said <= {200, *STATUSES}
    assert (413 in said) == ("requestBody" in entry)
    assert (404 in said) >= ("{" in path)


def references(value):
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref":
                yield each
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_every_reference_leads_somewhere_and_nothing_is_left_over():
    used = set(references(DOCUMENT))
    parts = DOCUMENT["components"]
    there = {
        f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in parts[kind]
    }
    assert used == there


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_is_one(name):
    jsonschema_rs.meta.validate(DOCUMENT["components"]["schemas"][name])


async def test_the_document_is_served_to_who_holds_the_token():
    async with asking(ScriptedEngine([]), MODEL) as client:
        served = await client.get("/openapi.json")
        refused = await client.get("/openapi.json", headers={"Authorization": ""})
    assert served.json() == DOCUMENT
    assert refused.status_code == 401
