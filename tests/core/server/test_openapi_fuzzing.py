"""Schemathesis asks a running core what its own document says can be asked, and what it says not.

SPARK_FUZZ_EXAMPLES sets how many requests each operation gets; the few of the normal suite are the
same ones every time, so that a failure is not somebody else's.
"""

import json
import os

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from inference_core.server.openapi.document import openapi_document

pytestmark = pytest.mark.e2e

EXAMPLES = int(os.environ.get("SPARK_FUZZ_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Nothing that is worth waiting for: what is asked matters here, not what is answered.
SCRIPT = [{"match": "", "text": "hello there"}]


@pytest.fixture(scope="module")
def running_core(start_core_for_module, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "replay.json"
    path.write_text(json.dumps(SCRIPT))
    return start_core_for_module("--model", f"replay:{path}")


# The lease is a stream without an end; the tests of its life are elsewhere.
everything = schemathesis.openapi.from_dict(openapi_document())
# Each bound of each field as well, where there is a minute for it.
everything.config.phases.coverage.enabled = "SPARK_FUZZ_EXAMPLES" in os.environ
operations = everything.exclude(path="/lease")


@operations.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize="SPARK_FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_the_core_answers_as_its_document_says(case, running_core):
    case.call_and_validate(base_url=running_core.url, headers=running_core.headers, checks=CHECKS)
    assert running_core.process.poll() is None


QUESTION = {"input": "hi"}
CALLED = [
    {"role": "user", "content": "hi"},
    {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
    {"type": "function_call_output", "call_id": "c1", "output": "done"},
]
MESSAGES = [
    {"role": "developer", "content": "be brief"},
    {"role": "user", "content": [{"type": "text", "text": "hi"}]},
]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": MESSAGES, "n": 2}),
        ("/v1/chat/completions", {"messages": MESSAGES, "stream": True}),
        ("/v1/completions", {"prompt": ["a", "b"], "echo": True, "stop": "x"}),
        ("/v1/completions", {"prompt": "a", "suffix": "b", "stream": True}),
        ("/infill", {"input_prefix": "a", "input_extra": [{"text": "b"}], "stream": True}),
        ("/v1/responses", QUESTION),
        ("/v1/responses", {"input": CALLED, "stream": True}),
        ("/v1/responses", {"input": CALLED, "generate": False}),
        ("/tokenize", {"content": "a b"}),
        ("/tokenize", {"content": "a b", "with_pieces": True}),
    ],
)
def test_what_clients_send_is_answered_as_the_document_says(running_core, path, body):
    case = operations[path]["POST"].Case(body=body, media_type="application/json")
    _call(case, running_core)


@pytest.mark.parametrize("path", ["/v1/models/{model}", "/public/v1/models/{model}"])
def test_the_model_that_is_there_is_told_as_the_document_says(running_core, path):
    _call(operations[path]["GET"].Case(path_parameters={"model": "replay"}), running_core)


@pytest.mark.parametrize(
    ("path", "method", "query"),
    [
        ("", "GET", {}),
        ("/input_items", "GET", {"order": "asc", "limit": 1}),
        ("", "DELETE", {}),
    ],
)
def test_a_response_that_is_kept_is_told_as_the_document_says(running_core, path, method, query):
    case = operations["/v1/responses"]["POST"].Case(body=QUESTION, media_type="application/json")
    kept = _call(case, running_core).json()["id"]
    operation = operations[f"/v1/responses/{{response_id}}{path}"][method]
    _call(operation.Case(path_parameters={"response_id": kept}, query=query), running_core)


def _call(case, core):
    response = case.call_and_validate(base_url=core.url, headers=core.headers, checks=CHECKS)
    assert response.status_code == 200, response.text
    return response
