"""Items of questions as JSON, as the database keeps them."""

import json
from collections.abc import Iterable
from typing import Any

from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.domain.trigger import Span


def refs_json(refs: Iterable[ItemRef]) -> str:
    """Return the items as JSON."""
    return json.dumps([_ref_fields(ref) for ref in refs])


def refs_of(text: str) -> tuple[ItemRef, ...]:
    """Return the items of ``refs_json``."""
    return tuple(_ref(fields) for fields in json.loads(text))


def attached_json(items: Iterable[Attached]) -> str:
    """Return what went with a turn as JSON."""
    return json.dumps(
        [
            {
                **_ref_fields(item.ref),
                "digest": item.digest,
                "tokens": item.tokens,
                "left_out": str(item.left_out),
            }
            for item in items
        ]
    )


def attached_of(text: str) -> tuple[Attached, ...]:
    """Return the items of ``attached_json``."""
    return tuple(
        Attached(_ref(fields), fields["digest"], fields["tokens"], fields["left_out"])
        for fields in json.loads(text)
    )


def _ref_fields(ref: ItemRef) -> dict[str, Any]:
    fields: dict[str, Any] = {"kind": ref.kind.value}
    for name in ("path", "symbol", "text"):
        if value := getattr(ref, name):
            fields[name] = value
    if ref.lines is not None:
        fields["lines"] = [ref.lines.start, ref.lines.end]
    return fields


def _ref(fields: dict[str, Any]) -> ItemRef:
    lines = fields.get("lines")
    return ItemRef(
        ItemKind(fields["kind"]),
        fields.get("path", ""),
        fields.get("symbol", ""),
        fields.get("text", ""),
        Span(*lines) if lines else None,
    )
