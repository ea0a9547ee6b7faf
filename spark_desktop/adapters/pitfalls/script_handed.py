"""A trap of methods in JavaScript and TypeScript: handed over, one forgets its object."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    argument_of,
    arguments,
    bare,
    called,
    is_field,
    mentions,
    parameters,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

# Who takes a function to call it later, or once for each of several things.
_TAKES_WORDS = (
    "on once addEventListener addListener subscribe then catch finally setTimeout setInterval"
    " setImmediate queueMicrotask nextTick requestAnimationFrame forEach map filter some every"
    " find findIndex flatMap sort toSorted schedule defer listen watch observe debounce throttle"
)
_TAKES = frozenset(_TAKES_WORDS.split())
# What is taken off again has to be the function that was put on.
_TAKES_OFF = frozenset({"removeEventListener", "removeListener", "off", "unsubscribe"})
_EVENT = regex(r"on_?[A-Z]?\w*")


def handed_over_alone(code: Code) -> Iterator[SmallChange]:
    """``later(timer.stop)`` calls ``stop`` without the timer that it is of."""
    places = [one for one in code.nodes("member_expression") if _is_handed(code, one)]
    sure = [one for one in places if _is_method(code, one)]
    yield from all_then_each(code, (_bound(code, one) for one in sure))
    others = [one for one in places if one not in sure and _may_be_method(code, one)]
    yield from each_then_all(code, (_bound(code, one) for one in others))


def _is_handed(code: Code, member: Node) -> bool:
    """Return whether what is read here of a thing goes somewhere else, without the thing."""
    held, name, call = named(member, "object"), named(member, "property"), argument_of(member)
    if held is None or name is None or named(member, "optional_chain") is not None:
        return False
    if held.type not in ("this", "identifier", "member_expression"):
        return False
    text = code.text(member)
    if call is None:
        return _is_kept(member)
    # What ``this.`` has is another rule's, for calls.
    has_own = any(code.text(one) == code.text(held) for one in arguments(call))
    is_off = called(call) in _TAKES_OFF or any(
        code.text(one) == text
        for other in code.every("call_expression")
        if called(other) in _TAKES_OFF
        for one in arguments(other)
    )
    return not has_own and not is_off and held.type != "this"


def _is_kept(member: Node) -> bool:
    """Return whether it is put into an object or a field that others call."""
    outer = member.parent
    if outer is None:
        return False
    if outer.type == "pair":
        return is_field(member, "value")
    left = named(outer, "left") if outer.type == "assignment_expression" else None
    return left is not None and left.type == "member_expression" and is_field(member, "right")


def _is_method(code: Code, member: Node) -> bool:
    """Return whether the file says that it is a method, which needs its object."""
    name = text_of(named(member, "property") or member)
    methods, fields = facts(code).methods.get(name, []), facts(code).field(name)
    if fields and all(one.type == "method_signature" for one in fields):
        return not methods or _needs_this(methods)
    return len(methods) == 1 and not fields and _needs_this(methods) and _is_thing(code, member)


def _needs_this(methods: list[Node]) -> bool:
    is_getter = any(
        one.type in ("get", "set", "static") for each in methods for one in each.children
    )
    return not is_getter and any(mentions(one, "this") for one in methods)


def _is_thing(code: Code, member: Node) -> bool:
    held = bare(named(member, "object") or member)
    return held.type != "identifier" or facts(code).declared(held) is not None


def _may_be_method(code: Code, member: Node) -> bool:
    """Return whether it may be a method of a class of another file."""
    held, name, call = named(member, "object"), named(member, "property"), argument_of(member)
    if held is None or name is None:
        return False
    is_known = text_of(name) in facts(code).methods or facts(code).field(text_of(name))
    if is_known or _is_read_elsewhere(code, member):
        return False
    declared = facts(code).declared(held) if held.type == "identifier" else None
    value = named(declared, "value")
    if value is not None and value.type == "new_expression":
        made = text_of(named(value, "constructor") or value)
        return made not in facts(code).classes
    is_taken = call is not None and called(call) in _TAKES
    return (is_taken or _is_event(member)) and facts(code).known(held).kind == "object"


def _is_event(member: Node) -> bool:
    outer = member.parent
    name = named(outer, "key") or named(named(outer, "left"), "property")
    return name is not None and _EVENT.fullmatch(text_of(name)) is not None


def _is_read_elsewhere(code: Code, member: Node) -> bool:
    """Return whether the file reads something of the name as what it is, as in a sum."""
    name = text_of(named(member, "property") or member)
    for one in code.every("member_expression"):
        outer = one.parent
        if outer is None or text_of(named(one, "property") or one) != name:
            continue
        if outer.type in ("binary_expression", "template_substitution", "member_expression"):
            return True
    return False


def _bound(code: Code, member: Node) -> list[Edit]:
    held, name, call = named(member, "object"), named(member, "property"), argument_of(member)
    if held is None or name is None:
        return []
    methods = facts(code).methods.get(text_of(name), [])
    text = code.text(member)
    if len(methods) == 1:
        given = list(parameters(methods[0]))
        if not given:
            return [code.edit(member, f"() => {text}()")]
        if call is not None and called(call) in _TAKES and len(given) == 1:
            return [code.edit(member, f"({given[0]}) => {text}({given[0]})")]
    return [code.edit(member, f"{text}.bind({code.text(held)})")]
