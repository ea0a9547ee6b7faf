"""The grammar of ``spark endpoints``."""

import argparse
from collections.abc import Callable

_KINDS = ("suggestion", "chat", "edit")
_PROTOCOLS = (
    *("openai-chat", "openai-responses", "openai-responses-websocket"),
    *("anthropic-messages", "ollama"),
)
_Act = Callable[[str, str], argparse.ArgumentParser]


def add_endpoints(endpoints: argparse.ArgumentParser) -> None:
    """Add the actions; the result has ``action``, and ``key_action`` for those of a key."""
    endpoints.set_defaults(action="list")
    actions = endpoints.add_subparsers(dest="action", metavar="ACTION")

    def act(name: str, purpose: str) -> argparse.ArgumentParser:
        return _action(actions, name, purpose)

    act("list", "List the endpoints, and for which work they are asked.")
    act("presets", "List the vendors and servers whose addresses are known.")
    _add_add(act)
    for name, purpose in (
        ("show", "Say what is known of an endpoint, and where its key is."),
        ("test", "Test an endpoint step by step, and keep what is found of its model."),
        ("remove", "Remove an endpoint, and its key."),
    ):
        act(name, purpose).add_argument("id", metavar="ID")
    _add_key(act)
    order = act("order", "Say who is asked for a kind of work, the preferred one first.")
    order.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    order.add_argument("ids", nargs="+", metavar="ID", help='"local" is the local core')
    for name, purpose in (
        ("leaderboard", "Compare the endpoints by your own answers."),
        ("costs", "Say what answers cost."),
    ):
        act(name, purpose).add_argument(
            "--days", type=_days, metavar="N", help="of the last N days"
        )


def _add_add(act: _Act) -> None:
    add = act("add", "Add an endpoint by its address, or by a preset.")
    add.add_argument("url", nargs="?", metavar="URL", help="asked which protocol it speaks")
    add.add_argument("--preset", metavar="NAME", help="one of 'spark endpoints presets'")
    add.add_argument(
        "--set",
        dest="fields",
        action="append",
        default=[],
        metavar="FIELD=WORD",
        help="fill in the preset's address; may be repeated",
    )
    add.add_argument("--name", metavar="TITLE", help="what you call it")
    add.add_argument("--model", metavar="ID", help="the model that is asked")
    add.add_argument(
        "--protocol", choices=_PROTOCOLS, help="take the address as it is, and ask nobody"
    )
    add.add_argument("--key-env", metavar="VARIABLE", help="environment variable with its key")
    add.add_argument("--ca-file", metavar="FILE", help="PEM file of who vouches for the server")
    add.add_argument("--proxy", metavar="URL", help='ask it through a proxy; "none" for none')
    add.add_argument(
        "--plain-http", action="store_true", help="speak without TLS to another machine"
    )


def _add_key(act: _Act) -> None:
    key = act("key", "Keep or forget the key of an endpoint, in the system's keyring.")
    actions = key.add_subparsers(dest="key_action", metavar="ACTION", required=True)
    for name, purpose in (
        ("set", "Keep a key: asked for without echo, or read from standard input."),
        ("forget", "Remove the key from the keyring."),
    ):
        _action(actions, name, purpose).add_argument("id", metavar="ID")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=purpose, description=purpose)
    # Not set here where it was given before the action.
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="write JSON")
    return action


def _days(text: str) -> int:
    number = int(text)
    if not 0 < number <= 36_500:
        raise ValueError(text)
    return number
