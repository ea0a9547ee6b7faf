"""``python -m benchmarks``: list the benchmarks, or run one.

The last line of a run is one JSON object: ``{"benchmark", "machine", "commit", "rows"}``.
"""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

import benchmarks
from benchmarks.report import commit, machine, table

USAGE = 2


def main(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 2 when no benchmark has that name.

    What a benchmark raises passes through: half a measurement is none. Words behind the name are
    for a benchmark that has ``options``, and given to its ``run`` as these return them.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures what Spark Desktop promises."
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="without it, all are listed")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, larger errors")
    given, more = parser.parse_known_args(words)
    found = available()
    if given.name is None:
        print(listing(found))
        return 0
    if given.name not in found:
        print(
            f"no benchmark is called {given.name}; there are: {', '.join(found)}", file=sys.stderr
        )
        return USAGE
    module = found[given.name]
    if more and not hasattr(module, "options"):
        parser.error(f"{given.name} takes no {' '.join(more)}")
    read = [module.options(more)] if hasattr(module, "options") else []
    # Before the run: what is committed meanwhile was not measured.
    at = commit()
    rows = module.run(given.quick, *read)
    print(table(rows))
    print(json.dumps(result(given.name, rows, at), ensure_ascii=False))
    return 0


def available() -> dict[str, ModuleType]:
    """The benchmarks by name, sorted: modules of this package with SUMMARY and run."""
    names = sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__))
    modules = {
        name: importlib.import_module(f"benchmarks.{name}")
        for name in names
        if not name.startswith("_")
    }
    return {
        name: module
        for name, module in modules.items()
        if hasattr(module, "SUMMARY") and hasattr(module, "run")
    }


def listing(found: dict[str, ModuleType]) -> str:
    """One line for each benchmark: its name and what it measures."""
    width = max((len(name) for name in found), default=0)
    return "\n".join(f"{name:{width}}  {module.SUMMARY}" for name, module in found.items())


def result(name: str, rows: list[dict[str, object]], at: str) -> dict[str, object]:
    """What the last line says; ``at`` is the commit that was measured."""
    return {"benchmark": name, "machine": machine(), "commit": at, "rows": rows}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
