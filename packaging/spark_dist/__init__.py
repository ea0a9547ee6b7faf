"""Builds the installers; ``python dev.py dist`` starts it, packaging/README.md describes it."""
