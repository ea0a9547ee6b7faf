"""Implementations of the ports; the only place that meets foreign services."""
