"""The workflows, which no test can run: what they name is there, and they may do little."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from spark_dist import release
from spark_dist.command import REPRODUCIBLE
from spark_dist.pipeline import KINDS

import dev

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
NAMES = ("check.yml", "release.yml")
_SCRIPT = re.compile(r"(?<![\w/])(packaging/[\w./-]+\.(?:py|sh)|\.ci/run|dev\.py)\b")
_DIST = re.compile(r"dev\.py dist((?: [\w-]+)*)")
_RELEASE = re.compile(r"packaging/release\.py (\w+)")
_USES = re.compile(r"actions/[a-z-]+@(v\d+|[0-9a-f]{40})")
# Only from the environment: what stands in a script could be printed, or be a script itself.
_EXPRESSION = re.compile(r"\$\{\{\s*(\S+)")
_IN_SCRIPTS = ("matrix.",)
# A line that writes a secret, and neither into a file nor into another program.
_PRINTING = re.compile(
    r"^\s*(?:echo|printf)\b[^|>\n]*\$\{?(?:KEY|PASSWORD|CERTIFICATE|NOTARY_KEY|GH_TOKEN)\b[^|>\n]*$"
    r"|set -[a-z]*x|\bprintenv\b|^\s*env\s*$",
    re.MULTILINE,
)


@cache
def parsed(name: str) -> dict[str, Any]:
    read = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name in NAMES:
        for job, content in parsed(name)["jobs"].items():
            yield name, job, content


def scripts() -> Iterator[str]:
    for _name, _job, content in jobs():
        for step in content["steps"]:
            if "run" in step:
                yield step["run"]


def test_the_workflows_are_those_that_are_looked_at() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(NAMES)


def test_every_script_that_is_named_is_there_and_can_be_run() -> None:
    named = {found for script in scripts() for found in _SCRIPT.findall(script)}
    assert {"dev.py", ".ci/run", "packaging/release.py", "packaging/linux/appimage.sh"} <= named
    missing = [name for name in sorted(named) if not (ROOT / name).is_file()]
    assert missing == []
    shells = [name for name in sorted(named) if not name.endswith(".py")]
    assert [name for name in shells if not (ROOT / name).stat().st_mode & 0o100] == []


def test_every_kind_of_package_and_command_that_is_named_is_known() -> None:
    dist = [words.split() for script in scripts() for words in _DIST.findall(script)]
    options = {"--size", "slim", "full"}
    assert {word for words in dist for word in words} - options <= {*KINDS, REPRODUCIBLE}
    # Everything that this system can build is built by some job.
    assert set(KINDS) <= {word for words in dist for word in words}
    for script in scripts():
        for command in _RELEASE.findall(script):
            with pytest.raises(SystemExit) as ended:
                release.main([command, "--help"])
            assert ended.value.code == 0
    assert callable(dev.main)


def test_workflows_may_read_and_one_job_may_write() -> None:
    assert [parsed(name)["permissions"] for name in NAMES] == [{"contents": "read"}] * 2
    widened = [
        (job, content["permissions"]) for _, job, content in jobs() if "permissions" in content
    ]
    assert widened == [("publish", {"contents": "write"})]
    # A draft: a person publishes it, in an environment that says who may.
    publish = parsed("release.yml")["jobs"]["publish"]
    assert publish["environment"] == "release"
    assert "--draft" in publish["steps"][-1]["run"]


def test_nobody_elses_code_is_run_with_secrets() -> None:
    # YAML 1.1 reads the key "on" as true.
    triggers = [set(parsed(name)[True]) for name in NAMES]
    assert triggers == [{"push", "pull_request"}, {"push", "workflow_dispatch"}]
    assert "secrets." not in (FOLDER / "check.yml").read_text(encoding="utf-8")


def test_secrets_reach_scripts_through_the_environment_and_are_not_printed() -> None:
    for script in scripts():
        names = _EXPRESSION.findall(script)
        assert [name for name in names if not name.startswith(_IN_SCRIPTS)] == []
        assert _PRINTING.search(script) is None, script


def test_what_prints_a_secret_would_be_seen() -> None:
    for script in ('  echo "$PASSWORD"\n', "printf '%s' ${KEY}", "set -eux", "a\nenv\n"):
        assert _PRINTING.search(script), script
    assert not _PRINTING.search("printf '%s' \"$PASSWORD\" > file")


def test_actions_are_the_makers_own_and_keep_no_credentials() -> None:
    for name, job, content in jobs():
        for step in content["steps"]:
            if "uses" in step:
                assert _USES.fullmatch(step["uses"]), (name, job, step["uses"])
            if step.get("uses", "").startswith("actions/checkout"):
                assert step["with"]["persist-credentials"] is False, (name, job)
            # Nothing comes from a cache, whose contents nobody verifies.
            assert "cache" not in step.get("uses", "")
            assert "cache" not in step.get("with", {})


def test_every_job_ends_by_itself_and_waits_for_jobs_that_exist() -> None:
    for name, job, content in jobs():
        assert content["timeout-minutes"] <= 120, (name, job)
        needs = content.get("needs", [])
        for needed in [needs] if isinstance(needs, str) else needs:
            assert needed in parsed(name)["jobs"], (name, job, needed)
    # What is published is what was tried.
    needs = set(parsed("release.yml")["jobs"]["publish"]["needs"])
    assert {"debian", "windows-try", "macos"} <= needs


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash checks its own scripts")
def test_every_script_is_one_that_bash_can_read() -> None:
    for _name, _job, content in jobs():
        for step in content["steps"]:
            if "run" in step and step.get("shell") != "pwsh":
                text = re.sub(r"\$\{\{.*?\}\}", "x", step["run"])
                done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True)
                assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck looks at the scripts")
def test_the_scripts_of_the_packages_are_clean() -> None:
    files = sorted((ROOT / "packaging").rglob("*.sh"))
    assert files
    done = subprocess.run(
        ["shellcheck", *map(str, files)], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
