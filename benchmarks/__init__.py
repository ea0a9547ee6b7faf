"""One script per promise. ``python -m benchmarks`` lists them, with a NAME it runs that one.

A benchmark is a module with ``SUMMARY``, one line, and ``run(quick) -> rows``.
"""
