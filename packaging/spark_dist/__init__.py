"""Builds the installers; `python dev.py dist` is the way in, packaging/README.md the description."""
