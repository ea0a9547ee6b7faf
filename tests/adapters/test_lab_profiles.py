"""The profiles, asked of a program that keeps the contract of ``spark-core profile``."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from spark_desktop.adapters.lab_profiles import CoreProfiles
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.errors import CoreError, ProfileError
from spark_desktop.domain.lab_profile import Profile

PROGRAM = """
import json, sys, time
from pathlib import Path

words = sys.argv[1:]
with open(Path(__file__).with_name("asked"), "a") as asked:
    asked.write(" ".join(words) + "\\n")
mode = Path(__file__).with_name("mode").read_text()
if mode == "failing":
    sys.exit("Traceback\\nprofile wafer.toml: decode_tps is missing")
if mode == "silent":
    sys.exit(3)
if mode == "hanging":
    time.sleep(60)
if mode.startswith("{") or mode.startswith("["):
    print(mode)
elif mode == "junk":
    print("Hello")
elif words[1] == "list":
    print(json.dumps({"profiles": [
        {"id": "wafer", "title": "Wafer", "hardware": "WSE-3", "model": "m", "decode_tps": 1000,
         "first_token_s": 0.1, "per_prompt_token_s": 1e-5, "context": 8192, "price_in": 1,
         "price_cached": None, "price_out": 0, "kind": "vendor", "source": "s", "date": "2026-02",
         "own": True},
        {"id": "bare", "title": "Bare", "decode_tps": 67.5, "first_token_s": 0.5},
    ]}))
else:
    print(json.dumps({"profile": words[2], "first_token_s": 0.5,
                      "releases": [[0.5, 1], [0.501, 3]]}))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    script = tmp_path / "core.py"
    script.write_text(PROGRAM, encoding="utf-8")
    (tmp_path / "mode").write_text("well", encoding="utf-8")
    return script


def asked(program: Path) -> list[str]:
    return program.with_name("asked").read_text(encoding="utf-8").splitlines()


def served(program: Path, mode: str = "well", patience: float = 30.0) -> CoreProfiles:
    program.with_name("mode").write_text(mode, encoding="utf-8")
    return CoreProfiles((sys.executable, str(program)), patience)


async def test_profiles_are_read_with_what_is_not_published_as_none(program: Path) -> None:
    wafer, bare = await served(program).profiles()
    assert wafer == Profile(
        *("wafer", "Wafer", 1000.0, 0.1, 1e-5, "WSE-3", "m", 8192),
        *(1.0, None, 0.0, "vendor", "s", "2026-02", True),
    )
    assert bare == Profile("bare", "Bare", 67.5, 0.5)


async def test_a_list_is_asked_for_once(program: Path) -> None:
    profiles = served(program)
    assert await profiles.profiles() is await profiles.profiles()
    assert asked(program) == ["profile list --json"]


async def test_a_schedule_is_asked_for_with_the_answers_counts(program: Path) -> None:
    schedule = await served(program).schedule("wafer", Usage(90, 4, 30), 7)
    assert schedule.times == (0.5, 0.501)
    assert schedule.tokens == 4
    assert asked(program) == [
        "profile schedule wafer --prompt 90 --cached 30 --tokens 4 --seed 7 --json"
    ]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("failing", "decode_tps is missing"),
        ("silent", "exit code 3"),
        ("junk", "no JSON"),
        ("[]", "no JSON object"),
        ("{}", "lists no profiles"),
        ('{"profiles": [1]}', "no JSON object"),
        ('{"profiles": [{"id": "x", "decode_tps": 1}]}', "profile x: KeyError"),
        ('{"profiles": [{"id": "x", "title": "X", "decode_tps": 0}]}', "0 tokens a second"),
        ('{"profiles": [{"id": "x", "title": "X", "decode_tps": "fast"}]}', "profile x"),
    ],
)
async def test_what_is_wrong_is_told_with_the_next_step(
    program: Path, mode: str, told: str
) -> None:
    with pytest.raises(ProfileError, match=told) as caught:
        await served(program, mode).profiles()
    assert "spark-core profile list" in caught.value.next_step


@pytest.mark.parametrize(
    "mode", ["{}", '{"releases": [[2, 1], [1, 1]]}', '{"releases": [1]}', '{"releases": null}']
)
async def test_a_schedule_that_cannot_be_is_refused(program: Path, mode: str) -> None:
    with pytest.raises(ProfileError, match="the schedule of wafer"):
        await served(program, mode).schedule("wafer", Usage(1, 1, 0), 0)


async def test_a_failed_list_is_asked_for_again(program: Path) -> None:
    profiles = served(program, "failing")
    with pytest.raises(ProfileError):
        await profiles.profiles()
    program.with_name("mode").write_text("well", encoding="utf-8")
    assert len(await profiles.profiles()) == 2


async def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoreError, match="nowhere") as caught:
        await CoreProfiles((str(tmp_path / "nowhere"),)).profiles()
    assert "spark doctor" in caught.value.next_step


async def test_a_program_that_hangs_is_given_up(program: Path) -> None:
    with pytest.raises(ProfileError, match="within"):
        await served(program, "hanging", patience=0.5).profiles()


def until_there(file: Path) -> None:
    while not file.exists():
        time.sleep(0.01)


async def test_a_question_that_is_taken_back_ends_its_process(program: Path) -> None:
    asking = asyncio.ensure_future(served(program, "hanging").profiles())
    await asyncio.to_thread(until_there, program.with_name("asked"))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
