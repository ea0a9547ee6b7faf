"""From a constraint to a grammar, in llguidance's variant of Lark's syntax."""

import json
from collections.abc import Callable, Sequence

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Constraint

# One line, as in what models were trained with. Where blanks are free, small models write them for
# ever, and llguidance's bound (whitespace_pattern) holds only for one run of them after the other.
_OPTIONS: dict[str, object] = {
    "whitespace_flexible": False,
    "item_separator": ", ",
    "key_separator": ": ",
}

# A text cut where its control tokens are: those as their numbers.
Cut = Callable[[str], Sequence[str | int]]


def grammar_of(constraint: Constraint, cut: Cut) -> str:
    """Return the grammar of what a constraint holds an answer to, and nothing after it.

    Of a lazy constraint it is what comes after the first ``before``. Raises RequestError for a
    schema that is no JSON; what else is wrong with it is found by whoever reads the grammar.
    """
    before, after = _texts(cut(constraint.before)), _texts(cut(constraint.after))
    one = [*before, "answer", *after]
    first = one[len(before) :] if constraint.lazy else one
    # A model that ends the line may still end its answer there.
    again = ["(", _text("\n"), *one, ")*", f"{_text(chr(10))}?"] if constraint.repeat else []
    start = " ".join([*first, *again])
    return f"%llguidance {{}}\nstart: {start}\nanswer: %json {_schema(constraint)}\n"


def _schema(constraint: Constraint) -> str:
    try:
        schema = json.loads(constraint.schema)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"The schema is no JSON: {error}.", code="invalid_schema") from error
    if isinstance(schema, dict):
        # Options of the schema itself are left out: with a separator of its own, or a lenient
        # reading, an answer would be no JSON, or not what the schema says.
        schema = {**schema, "x-guidance": _OPTIONS}
    return json.dumps(schema)


def _texts(parts: Sequence[str | int]) -> list[str]:
    return [f"<[{part}]>" if isinstance(part, int) else _text(part) for part in parts if part != ""]


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
