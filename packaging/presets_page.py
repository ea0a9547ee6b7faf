"""Writes docs/presets.md from the presets' data, so that the page tells what the program has.

python packaging/presets_page.py            write it anew
python packaging/presets_page.py --check    say whether it is stale; exit code 1 then
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, FillInWay, RemoteModel
from spark_desktop.domain.presets import Preset

PAGE = Path(__file__).resolve().parents[1] / "docs" / "presets.md"
_HEAD = """\
# Presets: the endpoints that come with Spark

This page is written by `python packaging/presets_page.py` from `resources/endpoints/*.toml`, one
file a preset: address, how the key is told, protocol, limits, and models with their sizes,
abilities and prices. What stands in braces in an address is yours to fill in. A figure that no
source tells is left out: Spark then asks the server while it tests the connection, or says that it
does not know. Prices are those of one day, in US dollars for a million tokens; tokens that are
reused (cached) or kept for later, and fast modes, have prices of their own where they are
published. The local core needs no preset.

How to use one: `spark endpoints add --preset NAME`, described in
[the command line](cli.md#spark-endpoints).
"""


def page() -> str:
    """Return the whole page."""
    presets = load_preset_files()
    return "\n".join((_HEAD, *_servers(presets.values()), "", *_models(presets.values()), ""))


def _servers(presets: Iterable[Preset]) -> Iterator[str]:
    yield "## Addresses and keys"
    yield ""
    yield "| Name | What | Address | Protocol | Key | Variable |"
    yield "|---|---|---|---|---|---|"
    for preset in presets:
        spec = preset.spec
        variable = f"`{spec.key_env}`" if spec.key_env else ""
        yield (
            f"| `{spec.id}` | {spec.title} | `{spec.url}` | {spec.protocol.value} "
            f"| {_key(spec)} | {variable} |"
        )


def _models(presets: Iterable[Preset]) -> Iterator[str]:
    yield "## Models"
    yield ""
    yield "| Preset | Model | Context | Most output | Can do | Price: in, out | Day and source |"
    yield "|---|---|---|---|---|---|---|"
    for preset in presets:
        for model in preset.spec.models:
            yield (
                f"| `{preset.spec.id}` | `{model.id}` | {_size(model.context)} "
                f"| {_size(model.max_output)} | {_abilities(model)} | {_price(model)} |"
            )


def _key(spec: EndpointSpec) -> str:
    if spec.auth is AuthKind.NONE:
        return "none"
    return "bearer" if spec.auth is AuthKind.BEARER else f"header `{spec.auth_header}`"


def _size(tokens: int | None) -> str:
    return "" if tokens is None else f"{tokens:,}"


def _abilities(model: RemoteModel) -> str:
    has = [
        name
        for name, is_there in (
            ("tools", model.tools),
            ("structured output", model.structured_output),
            ("prediction", model.prediction),
            ("reasoning", model.reasoning),
            (f"fill-in ({model.fill_in.value})", model.fill_in is not FillInWay.NONE),
        )
        if is_there
    ]
    return ", ".join(has)


def _price(model: RemoteModel) -> str:
    price = model.price
    if price is None:
        return "not known | "
    extra = "" if price.cached is None else f", cached ${price.cached:g}"
    extra += "" if price.written is None else f", kept for later ${price.written:g}"
    extra += "" if price.fast is None else f", fast mode {price.fast:g} times"
    return f"${price.input:g}, ${price.output:g}{extra} | {price.as_of.isoformat()}, {price.source}"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page, or check it; return the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/presets.md from the presets.")
    parser.add_argument("--check", action="store_true", help="only say whether it is stale")
    if not parser.parse_args(argv).check:
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/presets.md is stale: run python packaging/presets_page.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
