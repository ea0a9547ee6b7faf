"""Jinja as chat templates use it, with an end to what a template can cost.

A template comes with a model, so it is somebody else's program that runs in our process. The
sandbox keeps it from our objects; the bounds here keep it from our time and memory: steps of loops
are counted, and what multiplies text or numbers is refused above a size. The names that a template
knows are those of Hugging Face's renderer, which templates are written for.
"""

import json
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import jinja2
from jinja2 import filters, meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

# The longest context in use has a million tokens, of four characters each; a body has half of this.
RENDERED_LIMIT = 16 * 1024 * 1024

# The longest template that we met has 20 thousand characters.
SOURCE_LIMIT = 256 * 1024

# Iterations of all loops and calls of macros together. A chat of the most messages that a request
# may have takes some ten thousand; so many empty ones took 0.8 s on two cores.
_STEPS = 250_000

# Of whole numbers; templates count messages.
_BITS = 256

# What llama.cpp's renderer knows of strings, and some that only read. The others make text of any
# length from a number (ljust, format).
_TEXT_METHODS = frozenset(
    (
        *("capitalize", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit"),
        *("islower", "isnumeric", "isspace", "isupper", "join", "lower", "lstrip", "partition"),
        *("removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit"),
        *("rstrip", "split", "splitlines", "startswith", "strip", "title", "upper"),
    )
)

_FILTERS = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float"),
    *("groupby", "int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "round", "safe", "select", "selectattr", "sort", "string", "sum"),
    *("title", "trim", "truncate", "unique", "upper", "wordcount"),
)

# A width in a format, such as %100000d or %*d.
_WIDE = re.compile(r"%[^%a-zA-Z]*(?:\d{4}|\*)")

# What a template's expressions can raise beside Jinja's own errors: it computes with what it likes.
FAILURES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class BoundedTemplate:
    """One compiled template. Not for several OS threads at once: it counts the steps."""

    def __init__(self, source: str) -> None:
        """Compile; raises one of FAILURES for what is no template."""
        if len(source) > SOURCE_LIMIT:
            raise jinja2.TemplateError(f"it has more than {SOURCE_LIMIT} characters")
        self._environment = _Environment()
        tree = self._environment.parse(source)
        self._variables = meta.find_undeclared_variables(tree)
        counted: nodes.Template = _Counting(self._environment).visit(tree)
        code = self._environment.compile(counted)
        self._template = jinja2.Template.from_code(
            self._environment, code, self._environment.globals
        )

    def mentions(self, variable: str) -> bool:
        """Return whether the template reads a variable that is given to it."""
        return variable in self._variables

    def render(self, **variables: object) -> str:
        """Return the text; raises one of FAILURES, also where it grows too long or takes long."""
        self._environment.steps = _STEPS
        pieces: list[str] = []
        size = 0
        for piece in self._template.generate(**variables):
            size += len(piece)
            if size > RENDERED_LIMIT:
                _too_much()
            pieces.append(piece)
        return "".join(pieces)


def _too_much() -> NoReturn:
    raise jinja2.TemplateError("it makes too much of these messages")


def _checked_size(size: int) -> None:
    if size > RENDERED_LIMIT:
        _too_much()


class _Environment(ImmutableSandboxedEnvironment):
    # Intercepted operators are not computed by the compiler either.
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            # Filters of constants would be computed by the compiler, before any bound holds.
            optimized=False,
            extensions=["jinja2.ext.loopcontrols", _Generation],
        )
        self.steps = _STEPS
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.filters |= {"tojson": _to_json, "join": _join, "replace": _replace}
        self.filters |= {"indent": _indent, "format": _format}
        self.globals = {name: self.globals[name] for name in ("range", "dict", "namespace")}
        self.globals |= {"raise_exception": _raise, "strftime_now": _strftime_now}

    def step(self) -> bool:
        """Count a step of a loop; called by compiled templates. Returns True."""
        self.steps -= 1
        if self.steps < 0:
            raise jinja2.TemplateError("its loops do not come to an end")
        return True

    def joined(self, *parts: object) -> str:
        """Return what ``~`` makes of its operands; called by compiled templates."""
        texts = [str(part) for part in parts]
        _checked_size(sum(map(len, texts)))
        return "".join(texts)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may use an attribute; of texts it may use what is listed."""
        if isinstance(obj, str) and attr not in _TEXT_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes; refuses what would be too large."""
        return _OPERATORS[operator](left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something for a template; what makes long texts of short ones is bounded."""
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str):
            if obj.__name__ == "replace":
                return _replace(owner, *args, **kwargs)
            if obj.__name__ == "join" and len(args) == 1:
                return _join_texts(args[0], owner)
        return super().call(context, obj, *args, **kwargs)


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        _checked_size(len(left) + len(right))
    return left + right


def _multiply(left: Any, right: Any) -> Any:
    for times, thing in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(thing, Sequence):
            _checked_size(times * len(thing))
    if isinstance(left, int) and isinstance(right, int):
        _checked_bits(left.bit_length() + right.bit_length())
    return left * right


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        _checked_bits(left.bit_length() * abs(right))
    return left**right


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str) and _WIDE.search(left):
        _too_much()
    return operator.mod(left, right)


def _checked_bits(bits: int) -> None:
    if bits > _BITS:
        _too_much()


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": _add,
    "*": _multiply,
    "**": _power,
    "%": _modulo,
}


def _replace(text: object, old: str, new: str, count: int = -1) -> str:
    whole = str(text)
    found = whole.count(old)
    times = found if count is None or count < 0 else min(found, count)
    _checked_size(len(whole) + times * len(new))
    return whole.replace(old, new, times)


@jinja2.pass_environment
def _join(
    environment: jinja2.Environment, value: Iterable[Any], d: str = "", attribute: Any = None
) -> str:
    items = value
    if attribute is not None:
        items = map(filters.make_attrgetter(environment, attribute), value)
    return _join_texts(items, d)


def _join_texts(items: Iterable[Any], between: str) -> str:
    texts = [str(item) for item in items]
    _checked_size(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


def _indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    before = len(width) if isinstance(width, str) else width
    _checked_size(len(text) + before * (text.count("\n") + 1))
    return filters.do_indent(text, width, first, blank)


def _format(form: str, *args: object) -> str:
    return str(_modulo(form, args))


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Return JSON as Hugging Face's renderer writes it: without HTML's escapes.

    ``ensure_ascii`` is taken and left alone, since what stands for a control text must stay whole.
    """
    if indent is not None and indent > 16:
        _too_much()
    return json.dumps(
        value, ensure_ascii=False, indent=indent, separators=separators, sort_keys=sort_keys
    )


def _raise(message: object) -> NoReturn:
    raise jinja2.TemplateError(str(message))


def _strftime_now(form: str) -> str:
    # Each of its directives makes a few characters; a date has three of them.
    if len(form) > 256:
        _too_much()
    return datetime.now().astimezone().strftime(form)


class _Generation(Extension):
    """``{% generation %}``: marks the assistant's text for training, and means nothing here."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return what is between the marks."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


_Node = TypeVar("_Node", bound=nodes.Node)


class _Counting(NodeTransformer):
    """Puts a count into every loop and macro, and a bound on ``~``."""

    def __init__(self, environment: _Environment) -> None:
        self._environment = environment

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        """Count every iteration, also those that the loop's condition leaves out."""
        self.generic_visit(node)
        node.body.insert(0, self._step(node.lineno))
        if node.test is not None:
            node.test = nodes.And(self._call("step", [], node.lineno), node.test)
        return self._placed(node)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        """Count every call."""
        self.generic_visit(node)
        node.body.insert(0, self._step(node.lineno))
        return self._placed(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Bound the length."""
        self.generic_visit(node)
        return self._call("joined", list(node.nodes), node.lineno)

    def _step(self, line: int) -> nodes.Node:
        return nodes.ExprStmt(self._call("step", [], line), lineno=line)

    def _call(self, method: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
        target = nodes.EnvironmentAttribute(method, lineno=line)
        return self._placed(nodes.Call(target, arguments, [], None, None, lineno=line))

    def _placed(self, node: _Node) -> _Node:
        node.set_lineno(node.lineno)
        node.set_environment(self._environment)
        return node
