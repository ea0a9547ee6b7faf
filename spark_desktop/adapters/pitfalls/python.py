"""Traps of Python, the likeliest first."""

from spark_desktop.adapters.pitfalls import python_caches as caches
from spark_desktop.adapters.pitfalls import python_choices as choices
from spark_desktop.adapters.pitfalls import python_classes as classes
from spark_desktop.adapters.pitfalls import python_contexts as contexts
from spark_desktop.adapters.pitfalls import python_copies as copies
from spark_desktop.adapters.pitfalls import python_flow as flow
from spark_desktop.adapters.pitfalls import python_groups as groups
from spark_desktop.adapters.pitfalls import python_last as last
from spark_desktop.adapters.pitfalls import python_literals as literals
from spark_desktop.adapters.pitfalls import python_lost as lost
from spark_desktop.adapters.pitfalls import python_numbers as numbers
from spark_desktop.adapters.pitfalls import python_order as order
from spark_desktop.adapters.pitfalls import python_pieces as pieces
from spark_desktop.adapters.pitfalls import python_sharing as sharing
from spark_desktop.adapters.pitfalls import python_steps as steps
from spark_desktop.adapters.pitfalls import python_texts as texts
from spark_desktop.adapters.pitfalls import python_times as times
from spark_desktop.adapters.pitfalls import python_undoing as undoing
from spark_desktop.adapters.pitfalls import python_values as values
from spark_desktop.adapters.pitfalls.best_so_far import best_so_far
from spark_desktop.adapters.pitfalls.code import Rule
from spark_desktop.adapters.pitfalls.right_to_left import right_to_left

RULES: tuple[Rule, ...] = (
    sharing.shared_default,
    sharing.late_binding,
    steps.own_of_each_round,
    steps.asks_itself,
    steps.not_kept,
    sharing.shared_rows,
    flow.result_of_nothing,
    contexts.left_undone,
    contexts.undone_too_late,
    lost.nothing_given,
    flow.forgotten_await,
    lost.lost_again,
    lost.lost_value,
    lost.uncalled,
    flow.forgotten_return,
    flow.forgotten_self,
    flow.own_variable,
    classes.shared_attribute,
    sharing.changed_while_walked,
    copies.changed_argument,
    copies.stored_and_changed,
    sharing.used_up,
    steps.closed_too_early,
    steps.letters_of_a_text,
    steps.first_equal,
    best_so_far,
    right_to_left,
    numbers.text_for_number,
    last.last_group,
    groups.split_groups,
    texts.other_case,
    texts.strips_letters,
    choices.asks_one_of,
    order.hidden_case,
    order.one_after_the_other,
    order.escaped_twice,
    order.order_of_sets,
    literals.run_together,
    literals.one_in_brackets,
    literals.no_fields,
    literals.eaten_patterns,
    literals.flags_as_count,
    literals.letters_of_times,
    literals.exact_parts,
    literals.formatted_tuples,
    times.parts_of_time,
    times.months_beyond,
    texts.found_at_zero,
    values.signed_bytes,
    values.identity,
    values.zero_is_not_missing,
    values.missing_keys,
    texts.cut_texts,
    literals.parts_of_nothing,
    texts.part_of_a_path,
    texts.matches_all,
    literals.any_letter,
    values.rounding,
    pieces.forgotten_between_calls,
    undoing.left_half_done,
    steps.begun_once,
    steps.begins_at_zero,
    steps.to_the_start,
    steps.set_not_added,
    flow.early_answer,
    flow.ends_too_early,
    values.empty_ones,
    texts.sorted_as_text,
    order.each_other_way,
    order.wins_over,
    flow.largest_first,
    flow.cut_ends,
    flow.wrong_way,
    copies.given_away,
    copies.shallow_copy,
    values.wrapped_spans,
    caches.forgetful_key,
    flow.swapped_lines,
    flow.too_deep,
    flow.one_of_several,
    flow.one_off,
    values.nearly_equal,
    steps.part_of_a_word,
    steps.begins_at_one,
    steps.binds_first,
)
