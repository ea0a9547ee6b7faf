"""``spark-core profile``: list, explain, check, measure profiles, and show a schedule."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from inference_core.domain.errors import UsageError
from inference_core.pacing.errors import ProfileError, TakenIdError
from inference_core.pacing.explanation import explain
from inference_core.pacing.figures import Figure
from inference_core.pacing.fit import Observed, Subject, fit_profile, profile_id
from inference_core.pacing.library import SHIPPED, Profiles
from inference_core.pacing.profile import Profile
from inference_core.pacing.profile_file import parse_profile, read_profile
from inference_core.pacing.schedule import Schedule
from spark_resources import resource

Work = Callable[[argparse.Namespace], None]
Guard = Callable[[Work], Callable[[argparse.Namespace], int]]

_MOST_TOKENS = 1_000_000
_MOST_PROMPT = 100_000_000


def add_profile_parser(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    help_text: str,
    own_folder: Path,
    guarded: Guard,
) -> None:
    """Add ``profile`` and its commands; ``arguments.run(arguments)`` returns the exit code.

    ``own_folder`` has the user's profiles; ``guarded`` turns errors into exit codes, as it does
    for the other commands.
    """
    profile = commands.add_parser(
        "profile",
        help=help_text,
        description="Looks after the profiles of published hardware that answers can be paced by.",
        epilog=f"Your own profiles are in {own_folder}. "
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
    )
    profile.set_defaults(own_folder=own_folder)
    words = profile.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = words.add_parser("list", help="the profiles, with their rates and sources")
    listing.add_argument("--json", action="store_true", help="print one object of JSON")
    listing.set_defaults(run=guarded(_list))
    telling = words.add_parser("explain", help="every figure's source, and the derivation")
    telling.add_argument("id", metavar="ID")
    telling.set_defaults(run=guarded(_explain))
    checking = words.add_parser("check", help="check a file, or all profiles")
    checking.add_argument("file", nargs="?", type=Path, metavar="FILE")
    checking.set_defaults(run=guarded(_check))
    _add_schedule(words, guarded)
    _add_measure(words, guarded)


def _add_schedule(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", guarded: Guard
) -> None:
    parser = words.add_parser("schedule", help="when the tokens of an answer would be released")
    add = parser.add_argument
    add("id", metavar="ID")
    add("--prompt", type=int, required=True, metavar="N", help="tokens of the prompt")
    add("--cached", type=int, default=0, metavar="N", help="those that are cached (default: 0)")
    add("--tokens", type=int, required=True, metavar="N", help="tokens of the answer")
    add("--seed", type=int, default=0, metavar="S", help="default: 0")
    add("--json", action="store_true", help="print one object of JSON")
    parser.set_defaults(run=guarded(_schedule))


def _add_measure(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", guarded: Guard
) -> None:
    parser = words.add_parser(
        "measure",
        help="fit a profile to a real server",
        description="Asks an OpenAI-compatible endpoint for streamed answers, one after the other, "
        "and writes the profile that fits them. What it asks is paid for as any request.",
    )
    add = parser.add_argument
    add("--endpoint", required=True, metavar="URL", help="the base URL, with its /v1")
    add("--model", required=True, metavar="M", help="the model's name on that endpoint")
    add("--key-env", metavar="NAME", help="the environment variable that holds the key")
    add("--requests", type=int, default=6, metavar="N", help="answers to ask for (default: 6)")
    add("--output", type=Path, metavar="FILE", help="default: a new file of your own profiles")
    parser.set_defaults(run=guarded(_measure))


def _list(arguments: argparse.Namespace) -> None:
    known = _load(arguments)
    if arguments.json:
        print(json.dumps({"profiles": [profile.to_json() for profile in known.profiles]}))
        return
    width = max(len(profile.id) for profile in known.profiles)
    for profile in known.profiles:
        rate = profile.decode_tps
        mine = "  (yours)" if profile.own else ""
        print(
            f"{profile.id:<{width}}  {rate.value:>7,.5g} tokens/s  {rate.kind:<11}  "
            f"{profile.title}{mine}"
        )


def _explain(arguments: argparse.Namespace) -> None:
    print("\n".join(explain(_load(arguments).find(arguments.id))))


def _check(arguments: argparse.Namespace) -> None:
    if arguments.file is not None:
        profile = read_profile(arguments.file, own=True)
        ships = arguments.file.resolve().is_relative_to(resource("profiles").resolve())
        if not ships and profile.id in {each.id for each in Profiles.load().profiles}:
            raise TakenIdError(arguments.file, profile.id, SHIPPED)
        print(_right(profile, str(arguments.file)))
        return
    known = Profiles.load(arguments.own_folder)
    for profile in known.profiles:
        print(_right(profile, profile.id))
    for problem in known.problems[:-1]:
        print(f"spark-core: {problem.message}", file=sys.stderr)
    if known.problems:
        raise known.problems[-1]


def _right(profile: Profile, name: str) -> str:
    figures = profile.figures().values()
    known = sum(isinstance(stated, Figure) for stated in figures)
    return f"{name} is right: {known} figures with their sources, {len(figures) - known} not known"


def _schedule(arguments: argparse.Namespace) -> None:
    if not 0 <= arguments.prompt <= _MOST_PROMPT:
        raise UsageError(f"--prompt must be from 0 to {_MOST_PROMPT}.")
    if not 0 <= arguments.cached <= arguments.prompt:
        raise UsageError(
            f"--cached {arguments.cached} must be from 0 to --prompt {arguments.prompt}."
        )
    if not 1 <= arguments.tokens <= _MOST_TOKENS:
        raise UsageError(f"--tokens must be from 1 to {_MOST_TOKENS}, not {arguments.tokens}.")
    profile = _load(arguments).find(arguments.id)
    schedule = Schedule(profile, arguments.prompt, arguments.cached, seed=arguments.seed)
    releases = schedule.releases(arguments.tokens)
    if arguments.json:
        print(
            json.dumps(
                {
                    "profile": profile.id,
                    "seed": arguments.seed,
                    "prompt_tokens": arguments.prompt,
                    "cached_tokens": arguments.cached,
                    "first_token_s": round(schedule.first_token_s, 9),
                    "releases": [[round(at, 9), tokens] for at, tokens in releases],
                }
            )
        )
        return
    last, _ = releases[-1]
    print(
        f"{profile.title}: the first token after {schedule.first_token_s:.4g} s, "
        f"all {arguments.tokens:,} after {last:.4g} s, in {len(releases):,} chunks."
    )


def _measure(arguments: argparse.Namespace) -> None:
    # Here: the other commands need no HTTP.
    from inference_core.pacing.measuring import Endpoint, observe

    if not 2 <= arguments.requests <= 1000:
        raise UsageError(f"--requests must be from 2 to 1000, not {arguments.requests}.")
    endpoint = Endpoint(arguments.endpoint, arguments.model, _key(arguments.key_env, os.environ))
    name = profile_id(arguments.model)
    output: Path = arguments.output or arguments.own_folder / f"{name}.toml"
    # Before anything is asked, and paid for.
    _refuse_existing(output)
    observed = observe(endpoint, arguments.requests, _told)
    today = date.today().isoformat()
    subject = Subject(
        id=name,
        title=f"{arguments.model}, measured",
        hardware="not known: measured from outside",
        model=arguments.model,
        source=f"spark-core profile measure, {len(observed)} requests to {endpoint.address}",
        date=today,
    )
    text = fit_profile(observed, subject)
    parse_profile(text, own=True)
    _write(output, text)
    print(output)


def _told(observed: Observed) -> None:
    print(
        f"{observed.prompt_tokens:>6,} tokens in, {observed.tokens:>5,} out, the first after "
        f"{observed.first_token_s:.3f} s",
        file=sys.stderr,
        flush=True,
    )


def _key(name: str | None, environment: Mapping[str, str]) -> str | None:
    if name is None:
        return None
    key = environment.get(name, "").strip()
    if not key:
        raise UsageError(
            f"The environment variable {name} that --key-env names is not set.",
            "Set it to the endpoint's key, or leave --key-env out.",
        )
    return key


def _refuse_existing(output: Path) -> None:
    if output.exists():
        raise UsageError(
            f"There is a file {output} already.", "Name another one with --output, or remove it."
        )


def _write(output: Path, text: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise ProfileError(
            f"The profile cannot be written to {output}: {error.strerror or error}.",
            "Name a file that can be written with --output.",
        ) from error


def _load(arguments: argparse.Namespace) -> Profiles:
    """Return the profiles, telling on standard error which of the user's cannot be used."""
    known = Profiles.load(arguments.own_folder)
    for problem in known.problems:
        print(f"spark-core: {problem.message}\n  {problem.next_step}", file=sys.stderr)
    return known
