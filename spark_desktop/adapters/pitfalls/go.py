"""Traps of Go, the likeliest first."""

from spark_desktop.adapters.pitfalls import (
    go_copies,
    go_effects,
    go_errors,
    go_loops,
    go_numbers,
    go_order,
    go_ranges,
    go_sharing,
    go_state,
    go_text,
    go_times,
)
from spark_desktop.adapters.pitfalls.best_so_far import best_so_far
from spark_desktop.adapters.pitfalls.code import Rule
from spark_desktop.adapters.pitfalls.right_to_left import right_to_left
from spark_desktop.adapters.pitfalls.shared import importing
from spark_desktop.domain.go_imports import with_go_imports

_ORDERED: tuple[Rule, ...] = (
    *go_ranges.RULES,
    *go_copies.RULES,
    *go_effects.RULES,
    *go_order.RULES,
    best_so_far,
    right_to_left,
    *go_times.RULES,
    *go_sharing.MAPS,
    *go_sharing.COPIES,
    *go_errors.RULES,
    *go_numbers.RULES,
    *go_text.RULES,
    *go_loops.RULES,
    *go_state.STATE,
    *go_errors.LATER,
    *go_text.LATER,
    *go_numbers.LATER,
    *go_loops.LATER,
    *go_effects.LATER,
)
RULES: tuple[Rule, ...] = tuple(
    importing(rule, with_go_imports, is_alone=True) for rule in _ORDERED
)
