"""Widgets that draw state and report intent."""
