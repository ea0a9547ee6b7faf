"""The pacing profiles, asked of the core's program: the desktop knows none of its own."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from spark_desktop.domain.completion import Usage
from spark_desktop.domain.errors import ProfileError
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.words import say

# Seconds; the program answers within one.
_PATIENCE_S = 30.0
_LOOK = say("Run 'spark-core profile list' in a terminal to see what it says.")


class CoreProfiles:
    """Implements the Profiles port; a list that was read is kept.

    ``command`` starts the core's program, without its arguments. A process is begun for each
    question, as the profiles can be asked for while no core runs.
    """

    def __init__(self, command: tuple[str, ...], patience: float = _PATIENCE_S) -> None:
        self._command = command
        self._patience = patience
        self._known: tuple[Profile, ...] | None = None

    async def profiles(self) -> tuple[Profile, ...]:
        """Return every profile, in the program's order. Raises ProfileError."""
        if self._known is None:
            answer = await self._ask("list")
            found = answer.get("profiles")
            if not isinstance(found, list):
                raise _unreadable(say("it lists no profiles"))
            self._known = tuple(_profile(entry) for entry in found)
        return self._known

    async def schedule(self, profile_id: str, usage: Usage, seed: int) -> Schedule:
        """Return when the tokens of an answer would come. Raises ProfileError."""
        answer = await self._ask(
            *("schedule", profile_id),
            *("--prompt", str(usage.prompt_tokens), "--cached", str(usage.cached_tokens)),
            *("--tokens", str(usage.completion_tokens), "--seed", str(seed)),
        )
        try:
            releases = [(float(seconds), int(count)) for seconds, count in answer["releases"]]
            return Schedule.of(releases)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(
                say("the schedule of {profile}: {error}", profile=profile_id, error=error)
            ) from error

    async def _ask(self, *words: str) -> dict[str, Any]:
        out = await self._run(("profile", *words, "--json"))
        try:
            answer = json.loads(out)
        except ValueError as error:
            raise _unreadable(say("it is no JSON")) from error
        if not isinstance(answer, dict):
            raise _unreadable(say("it is no JSON object"))
        return answer

    async def _run(self, words: tuple[str, ...]) -> str:
        process = _spawn((*self._command, *words))
        try:
            # In an OS thread: asyncio's own subprocesses want a child watcher, which qasync lacks.
            out, told = await asyncio.to_thread(_read, process, self._patience)
        except subprocess.TimeoutExpired as error:
            raise ProfileError(
                say(
                    "The core's program gave no profiles within {patience:g} s.",
                    patience=self._patience,
                ),
                say("Try again."),
            ) from error
        finally:
            # Where the caller is cancelled the OS thread still reads, and then reaps it.
            process.kill()
        if process.returncode != 0:
            lines = told.strip().splitlines()
            code = say("exit code {code}", code=process.returncode)
            reason = lines[-1] if lines else code
            raise ProfileError(
                say("The core's program cannot give its profiles: {reason}", reason=reason), _LOOK
            )
        return out


def _spawn(command: tuple[str, ...]) -> "subprocess.Popen[str]":
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            creationflags=_creation_flags(),
        )
    except OSError as error:
        raise ProfileError(
            say(
                "The core's program is missing: {command}: {reason}.",
                command=command[0],
                reason=error.strerror or error,
            ),
            say("Run 'spark doctor' to see what is missing, or install Spark Desktop again."),
        ) from error


def _read(process: "subprocess.Popen[str]", patience: float) -> tuple[str, str]:
    with process:
        try:
            return process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW
    return 0


def _profile(entry: object) -> Profile:
    if not isinstance(entry, dict):
        raise _unreadable(say("a profile is no JSON object"))
    try:
        decode_tps = float(entry["decode_tps"])
        if decode_tps <= 0:
            raise _unreadable(
                say(
                    "profile {profile} decodes {rate:g} tokens a second",
                    profile=entry.get("id"),
                    rate=decode_tps,
                )
            )
        context = entry.get("context")
        return Profile(
            id=str(entry["id"]),
            title=str(entry["title"]),
            decode_tps=decode_tps,
            first_token_s=float(entry["first_token_s"]),
            per_prompt_token_s=float(entry.get("per_prompt_token_s") or 0.0),
            context=None if context is None else int(context),
            own=entry.get("own") is True,
            hardware=_text(entry, "hardware"),
            model=_text(entry, "model"),
            kind=_text(entry, "kind"),
            source=_text(entry, "source"),
            date=_text(entry, "date"),
            price_in=_price(entry, "price_in"),
            price_cached=_price(entry, "price_cached"),
            price_out=_price(entry, "price_out"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(
            say("profile {profile}: {error!r}", profile=entry.get("id"), error=error)
        ) from error


def _text(entry: dict[str, Any], name: str) -> str:
    return str(entry.get(name) or "")


def _price(entry: dict[str, Any], name: str) -> float | None:
    # A price of nothing is one that somebody published; a missing one is not.
    value = entry.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _unreadable(what: str) -> ProfileError:
    return ProfileError(
        say("What the core's program says of its profiles is unreadable: {what}.", what=what), _LOOK
    )
