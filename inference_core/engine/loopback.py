"""The engine's own HTTP listener, for what its Python interface does not offer."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from inference_core.domain.errors import EngineError

TIMEOUT_S = 30.0


class Loopback:
    """Small blocking requests to the engine's listener; call it from an OS thread."""

    def __init__(self, address: str, key: str) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        """Return the JSON of a GET; raises EngineError."""
        return self._exchange("GET", path, None)

    def post(self, path: str, body: dict[str, object]) -> Any:
        """Return the JSON that answers a POST; raises EngineError."""
        return self._exchange("POST", path, json.dumps(body))

    def _exchange(self, method: str, path: str, body: str | None) -> Any:
        connection = HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, self._headers)
            response = connection.getresponse()
            data = response.read()
            if response.status != 200:
                text = data.decode("utf-8", "replace")[:300]
                raise EngineError(f"The engine answered {method} {path} with: {text}")
            return json.loads(data)
        except (OSError, HTTPException, ValueError) as error:
            raise EngineError(f"The engine does not answer {method} {path}: {error}") from error
        finally:
            connection.close()
