"""One route's entry in the document: what it takes, and every status that it answers with."""

from inference_core.server.openapi.shapes import Schema, named

# What any route may answer, and when.
STATUSES = {
    400: "The request cannot be answered as it was asked; 'param' names the field.",
    401: "The bearer token is missing or wrong.",
    403: "The Host is no name of this core, or the page's Origin is not allowed.",
    404: "There is no such model, response or route.",
    405: "The route does not take this method.",
    408: "The body did not arrive in time; the connection is closed.",
    413: "The body is larger than the core reads.",
    429: "The engine is busy and its queue is full; Retry-After tells when to come back.",
    500: "The engine or the core failed; the core's log says more.",
    503: "The engine is being started again, or all connections are in use; see Retry-After.",
}

_ALWAYS = (400, 401, 403, 405, 408, 500, 503)
_OF_BODIES = (413,)


class Operation:
    """Builds an entry; each method returns the operation itself."""

    def __init__(self, name: str, summary: str, tag: str) -> None:
        self._entry: Schema = {"operationId": name, "summary": summary, "tags": [tag]}
        self._statuses = set(_ALWAYS)
        self._answers: dict[str, Schema] = {}

    def takes(self, schema: str) -> "Operation":
        """Say that it reads a body."""
        content = {"application/json": {"schema": named(schema)}}
        self._entry["requestBody"] = {"required": True, "content": content}
        self._statuses.update(_OF_BODIES)
        return self

    def with_parameter(self, name: str, place: str, schema: Schema) -> "Operation":
        """Say that its path or its query has a parameter."""
        parameter = {"name": name, "in": place, "required": place == "path", "schema": schema}
        self._entry.setdefault("parameters", []).append(parameter)
        return self

    def answers(self, schema: Schema, media_type: str = "application/json") -> "Operation":
        """Say what it answers when all is well; several media types may be said."""
        self._answers[media_type] = {"schema": schema}
        return self

    def may_fail(self, *statuses: int) -> "Operation":
        """Say what may go wrong besides what may go wrong everywhere."""
        self._statuses.update(statuses)
        return self

    def open_to_all(self) -> "Operation":
        """Say that it wants no token."""
        self._entry["security"] = []
        self._statuses.discard(401)
        return self

    def entry(self) -> Schema:
        """Return the operation as the document has it."""
        responses: Schema = {"200": {"description": "All is well.", "content": self._answers}}
        for status in sorted(self._statuses):
            responses[str(status)] = {"$ref": f"#/components/responses/Error{status}"}
        return self._entry | {"responses": responses}


def error_responses() -> Schema:
    """Return what all operations refer to."""
    content = {"application/json": {"schema": named("Error")}}
    retry = {"Retry-After": {"description": "Seconds.", "schema": {"type": "string"}}}
    return {
        f"Error{status}": {"description": when, "content": content}
        | ({"headers": retry} if status in (429, 503) else {})
        for status, when in STATUSES.items()
    }
