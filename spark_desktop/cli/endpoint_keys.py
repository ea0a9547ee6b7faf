"""``spark endpoints key``: keys go to the keyring, never to the screen or an argument."""

import argparse
import asyncio
from collections.abc import Callable

from spark_desktop.cli.endpoint_tools import EndpointTools
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.secret import Secret

KeyReader = Callable[[str], str]


async def set_key(
    args: argparse.Namespace, output: Output, tools: EndpointTools, read_key: KeyReader
) -> ExitCode:
    """Keep the key that ``read_key`` gives. Raises SecretStoreError, with nothing written."""
    spec = tools.spec(args.id)
    if spec.auth is AuthKind.NONE:
        raise UsageError(
            f"{spec.id} is asked without a key.",
            'Write auth = "bearer" into its table in endpoints.toml if it wants one.',
        )
    try:
        # In an OS thread: the loop goes on while somebody types.
        text = (await asyncio.to_thread(read_key, spec.title)).strip()
    except (EOFError, UnicodeDecodeError):
        text = ""
    if not text.isascii() or not text.isprintable() or not text:
        raise UsageError(
            "That is no key: it is empty, or has characters that no key has.",
            f"Copy it whole: spark endpoints key set {spec.id} < FILE",
        )
    await tools.endpoints.keys.keep(spec.id, Secret(text))
    await tools.endpoints.key_changed(spec.id)
    _tell(output, "key set", spec, f"The key of {spec.id} is in the keyring.")
    return ExitCode.OK


async def forget_key(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    """Remove a key from the keyring. Raises SecretStoreError."""
    spec = tools.spec(args.id)
    await tools.endpoints.keys.forget(spec.id)
    await tools.endpoints.key_changed(spec.id)
    _tell(output, "key forgotten", spec, f"The key of {spec.id} is no longer in the keyring.")
    return ExitCode.OK


def key_line(spec: EndpointSpec, source: str | None) -> str:
    """Return where a key is, for a person."""
    if spec.auth is AuthKind.NONE:
        return "none is sent"
    if source is not None:
        return source
    variable = f" or {spec.key_env}" if spec.key_env else ""
    return f"none in the keyring{variable}: spark endpoints key set {spec.id}"


def _tell(output: Output, event: str, spec: EndpointSpec, line: str) -> None:
    if output.structured:
        output.record({"event": event, "id": spec.id})
    else:
        output.line(line)
