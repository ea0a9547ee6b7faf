"""What is said where there is no route, in the shape of every error."""

import httpx
import pytest
from generating import ScriptedEngine, asking
from starlette.exceptions import HTTPException
from starlette.requests import Request

from inference_core.domain.errors import EngineDownError
from inference_core.server.problems import error_response, on_http_error
from inference_core.server.refusals import SlowBodyError, TooManyConnectionsError


async def test_a_path_without_a_route_is_not_repeated_to_its_end():
    async with asking(ScriptedEngine([])) as client:
        response = await client.get("/" + "x" * 5000)
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert len(response.content) < 1000


async def test_a_wrong_method_hears_the_right_ones():
    async with asking(ScriptedEngine([])) as client:
        response = await client.delete("/v1/models")
    assert response.json()["error"]["code"] == "method_not_allowed"
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (404, "invalid_request_error", "not_found"),
        (405, "invalid_request_error", "method_not_allowed"),
        (415, "invalid_request_error", "http_415"),
        (501, "server_error", "http_501"),
    ],
)
async def test_every_status_has_the_same_envelope(status, kind, code):
    request = Request({"type": "http", "method": "GET", "path": "/p", "headers": []})
    response = await on_http_error(request, HTTPException(status))
    error = httpx.Response(status, content=response.body).json()["error"]
    assert response.status_code == status
    assert (error["type"], error["code"], error["param"]) == (kind, code, None)
    assert error["message"]
    assert error["next_step"]


@pytest.mark.parametrize(
    ("error", "status", "headers"),
    [
        (SlowBodyError(30), 408, {"connection": "close"}),
        (TooManyConnectionsError(9), 503, {"retry-after": "1"}),
        (EngineDownError("gone", retry_after_s=7), 503, {"retry-after": "7"}),
    ],
)
def test_an_error_says_when_to_come_back_and_when_to_hang_up(error, status, headers):
    response = error_response(error)
    assert response.status_code == status
    assert headers.items() <= dict(response.headers).items()
