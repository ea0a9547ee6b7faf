"""``spark endpoints add``: from an address, or from a preset."""

import argparse
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from spark_desktop.cli.endpoint_shapes import endpoint_json, preset_json
from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.domain.endpoint_guess import guesses, tidied
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, Route, WireProtocol
from spark_desktop.domain.hosts import is_loopback


async def presets(_args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """List the presets with what has to be filled in."""
    if output.structured:
        listed = [preset_json(preset) for preset in tools.presets.values()]
        output.record({"event": "presets", "presets": listed})
        return ExitCode.OK
    width = max(len(name) for name in tools.presets)
    for name, preset in tools.presets.items():
        needs = " ".join(f"--set {field.name}={field.example}" for field in preset.fields)
        output.line(f"{name:<{width}}  {preset.spec.title}  {preset.spec.url}  {needs}".rstrip())
    return ExitCode.OK


async def add(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """Save an endpoint; nothing but its protocol is asked of it."""
    if bool(args.url) == bool(args.preset):
        raise UsageError(
            "An endpoint is added by its address or by a preset.",
            "spark endpoints add URL, or spark endpoints add --preset NAME",
        )
    spec = _from_preset(args, tools) if args.preset else await _from_url(args, tools)
    spec = _as_asked(args, spec)
    book = tools.endpoints.book
    spec = replace(spec, id=book.free_id(spec.id))
    told = await tools.endpoints.change(book.with_spec(spec))
    if told is not None:
        output.note(f"spark: {told}")
    if output.structured:
        output.record({"event": "endpoint added", **endpoint_json(spec, tools.endpoints.book)})
        return ExitCode.OK
    output.line(spec.id)
    if spec.auth is not AuthKind.NONE:
        output.note(f"Its key: spark endpoints key set {spec.id}")
    output.note(f"To test it: spark endpoints test {spec.id}")
    output.note(f"To ask it: spark endpoints order chat {spec.id} local")
    return ExitCode.OK


def _from_preset(args: argparse.Namespace, tools: EndpointTools) -> EndpointSpec:
    preset = tools.presets.get(args.preset)
    if preset is None:
        known = ", ".join(tools.presets)
        raise UsageError(f"There is no preset {args.preset}.", f"There are: {known}.")
    values: dict[str, str] = {}
    for pair in args.fields:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{pair} fills in nothing.", "Write --set region=us-west-2")
        values[name] = value
    return preset.filled(values)


async def _from_url(args: argparse.Namespace, tools: EndpointTools) -> EndpointSpec:
    if args.fields:
        raise UsageError("An address has nothing to fill in.", "Use --set with --preset.")
    if args.protocol is None:
        return await tools.guess.guess(args.url, None, _route(args))
    protocol = WireProtocol(args.protocol)
    base, _ = tidied(args.url)
    likely = guesses(args.url)
    same = next((one for one in likely if one.protocol is protocol), None)
    spec = same or replace(likely[0], url=base, protocol=protocol)
    # Servers at this machine seldom want a key; one that does says so when it is tested.
    is_here = is_loopback(urlsplit(spec.url).hostname or "")
    return replace(spec, auth=AuthKind.NONE) if is_here else spec


def _as_asked(args: argparse.Namespace, spec: EndpointSpec) -> EndpointSpec:
    if args.protocol is not None:
        spec = replace(spec, protocol=WireProtocol(args.protocol))
    if args.name:
        spec = replace(spec, title=args.name)
    if args.model:
        spec = replace(spec, model=args.model)
    if args.key_env:
        auth = AuthKind.BEARER if spec.auth is AuthKind.NONE else spec.auth
        spec = replace(spec, key_env=args.key_env, auth=auth)
    return replace(spec, route=_route(args))


def _route(args: argparse.Namespace) -> Route:
    # Absolute: it is read from wherever the next command is started.
    ca_file = str(Path(args.ca_file).absolute()) if args.ca_file else ""
    return Route(proxy=args.proxy or "", ca_file=ca_file, plain_http=args.plain_http)
