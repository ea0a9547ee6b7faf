"""Traps of Python."""

from spark_desktop.adapters.pitfalls.code import Rule

RULES: tuple[Rule, ...] = ()
