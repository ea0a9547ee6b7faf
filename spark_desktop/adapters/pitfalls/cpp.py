"""Traps of C++ and of C, the likeliest first."""

from collections.abc import Callable, Iterator
from functools import partial

from spark_desktop.adapters.pitfalls import (
    cpp_classes,
    cpp_containers,
    cpp_copies,
    cpp_erasing,
    cpp_flow,
    cpp_lifetimes,
    cpp_numbers,
    cpp_order,
    cpp_pointers,
    cpp_rounding,
    cpp_text,
    cpp_unset,
)
from spark_desktop.adapters.pitfalls.code import Code, Rule
from spark_desktop.adapters.pitfalls.cpp_numbers import cast_c, cast_cpp
from spark_desktop.domain.library_uses import with_c_includes, with_includes
from spark_desktop.domain.small_change import SmallChange


def _including(added: Callable[[str, str], str], rule: Rule) -> Rule:
    """Return a rule whose changes bring the headers along that they need."""

    def including(code: Code) -> Iterator[SmallChange]:
        for change in rule(code):
            after = change.applied(code.content)
            whole = added(code.content, after)
            yield change if whole == after else _whole(code.content, whole)

    return including


def _whole(before: str, after: str) -> SmallChange:
    """Return the change from one text to another, from the first to the last difference."""
    most = min(len(before), len(after))
    start = next((at for at in range(most) if before[at] != after[at]), most)
    rest = range(1, most - start + 1)
    end = next((at - 1 for at in rest if before[-at] != after[-at]), most - start)
    return SmallChange(start, len(before) - end, after[start : len(after) - end])


_CPP: tuple[Rule, ...] = (
    cpp_numbers.accumulate_start,
    cpp_copies.loop_copies,
    partial(cpp_numbers.division, cast=cast_cpp),
    cpp_flow.set_in_condition,
    cpp_flow.fall_through,
    cpp_copies.parameter_copies,
    cpp_erasing.erasing,
    cpp_containers.removed_only,
    cpp_erasing.down_to_zero,
    cpp_erasing.size_less_one,
    cpp_lifetimes.captures,
    cpp_flow.shadowed,
    cpp_flow.set_to_itself,
    cpp_text.substr_end,
    cpp_text.found_at_zero,
    partial(cpp_text.compared_places, function="std::strcmp"),
    cpp_text.true_compare,
    cpp_numbers.divided_first,
    partial(cpp_numbers.small_products, cast=cast_cpp),
    cpp_numbers.small_sums,
    partial(cpp_rounding.rounding, library="std::"),
    partial(cpp_rounding.whole_abs, name="std::abs"),
    cpp_copies.local_copies,
    cpp_lifetimes.bad_results,
    cpp_lifetimes.sliced,
    cpp_classes.not_overriding,
    cpp_classes.not_virtual,
    partial(cpp_unset.unset, fallback="nullptr"),
    cpp_flow.bits_compared,
    cpp_flow.between,
    partial(cpp_pointers.lost_next, inferred="auto*"),
    cpp_containers.lookups,
    cpp_containers.reserved_only,
    cpp_containers.braced_size,
    cpp_containers.not_overwritten,
    cpp_containers.two_keys,
    cpp_text.added_number,
    cpp_text.digits,
    cpp_text.until_eof,
    cpp_text.line_after_word,
    cpp_text.wide_parse,
    partial(cpp_rounding.remainder, cast=cast_cpp),
    cpp_rounding.extreme_start,
    cpp_rounding.least_double,
    partial(cpp_erasing.signed_size, cast=cast_cpp),
    partial(cpp_erasing.unsigned_difference, cast=cast_cpp),
    cpp_flow.kept_static,
    cpp_containers.unstable_sort,
    cpp_containers.unsorted_unique,
    cpp_lifetimes.kept_references,
    cpp_unset.unset_fields,
    cpp_order.unheld_macros,
    cpp_flow.stepped_pointer,
    cpp_pointers.small_letters,
    cpp_pointers.pointer_size,
    partial(cpp_rounding.equal_floats, absolute="std::abs"),
    partial(cpp_order.set_one_by_one, inferred="const auto"),
    cpp_containers.order,
    partial(cpp_text.letters, cast=cast_cpp),
    cpp_numbers.middle,
    cpp_numbers.float_sums,
    cpp_text.other_search,
    cpp_containers.set_in_hash,
    cpp_order.swapped_lines,
)
_C: tuple[Rule, ...] = (
    partial(cpp_numbers.division, cast=cast_c),
    cpp_flow.set_in_condition,
    cpp_flow.fall_through,
    partial(cpp_text.compared_places, function="strcmp"),
    cpp_text.true_compare,
    cpp_pointers.struct_copies,
    cpp_pointers.small_buffers,
    cpp_pointers.small_letters,
    cpp_pointers.pointer_size,
    partial(cpp_pointers.lost_next, inferred=""),
    cpp_flow.shadowed,
    cpp_numbers.divided_first,
    partial(cpp_numbers.small_products, cast=cast_c),
    cpp_numbers.small_sums,
    partial(cpp_unset.unset, fallback="NULL"),
    cpp_erasing.down_to_zero,
    cpp_erasing.size_less_one,
    cpp_flow.bits_compared,
    cpp_flow.between,
    cpp_flow.stepped_pointer,
    cpp_order.unheld_macros,
    partial(cpp_rounding.rounding, library=""),
    partial(cpp_rounding.whole_abs, name="fabs"),
    partial(cpp_rounding.remainder, cast=cast_c),
    partial(cpp_erasing.unsigned_difference, cast=cast_c),
    cpp_text.digits,
    cpp_flow.kept_static,
    cpp_rounding.least_double,
    partial(cpp_rounding.equal_floats, absolute="fabs"),
    partial(cpp_order.set_one_by_one, inferred=""),
    partial(cpp_text.letters, cast=cast_c),
    cpp_numbers.middle,
    cpp_numbers.float_sums,
    cpp_order.swapped_lines,
)
RULES: tuple[Rule, ...] = tuple(_including(with_includes, rule) for rule in _CPP)
C_RULES: tuple[Rule, ...] = tuple(_including(with_c_includes, rule) for rule in _C)
