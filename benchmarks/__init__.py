"""One script per promise: ``python -m benchmarks`` lists them, ``python -m benchmarks NAME`` runs one.

A benchmark is a module with ``SUMMARY``, one line, and ``run(quick) -> rows``.
"""
