"""Traps of Rust, the likeliest first."""

from spark_desktop.adapters.pitfalls import (
    rust_caches,
    rust_iterators,
    rust_losses,
    rust_numbers,
    rust_rounding,
    rust_text,
    rust_undoing,
    rust_values,
)
from spark_desktop.adapters.pitfalls.best_so_far import best_so_far
from spark_desktop.adapters.pitfalls.code import Rule
from spark_desktop.adapters.pitfalls.shared import importing
from spark_desktop.domain.library_uses import with_uses

_ORDERED: tuple[Rule, ...] = (
    *rust_numbers.RULES,
    *rust_text.RULES,
    *rust_values.RULES,
    *rust_iterators.RULES,
    *rust_losses.RULES,
    best_so_far,
    *rust_caches.RULES,
    *rust_undoing.RULES,
    *rust_rounding.RULES,
    *rust_numbers.LATER,
    *rust_rounding.LATER,
    *rust_text.LATER,
    *rust_iterators.LATER,
    *rust_values.LATER,
    *rust_losses.LATER,
)
RULES: tuple[Rule, ...] = tuple(importing(rule, with_uses) for rule in _ORDERED)
