"""What makes the app a part of a desktop is complete, valid and the same at every build."""

import argparse
import configparser
import gzip
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from spark_dist import desktop_files
from spark_dist.completions import PLACES
from spark_dist.desktop_files import releases
from spark_dist.grammars import GRAMMARS, all_parsers
from spark_dist.integration import install
from spark_dist.man_pages import man_page

from spark_desktop.app import application, build_parser

ROOT = Path(__file__).parents[2]
BUILT = 1_795_886_740
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the tools of a Linux desktop")


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usr") / "share"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(BUILT))
        install(folder)
    return folder


def entry(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a tool that checks something; without it the test is left out."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_share_folder_holds_all_that_a_desktop_looks_for(share: Path) -> None:
    found = {name for name in files(share) if not name.startswith("icons/")}
    assert found == {
        "applications/spark-desktop.desktop",
        "applications/zz-spark-desktop-folder.desktop",
        "kio/servicemenus/spark-desktop.desktop",
        "metainfo/org.spark_desktop.spark_desktop.metainfo.xml",
        "nemo/actions/spark-desktop.nemo_action",
        *(f"man/man1/{program}.1.gz" for program in GRAMMARS),
        *(f"bash-completion/completions/{program}" for program in GRAMMARS),
        *(f"zsh/vendor-completions/_{program}" for program in GRAMMARS),
        *(f"fish/vendor_completions.d/{program}.fish" for program in GRAMMARS),
    }


def test_nothing_in_it_names_this_machine(share: Path) -> None:
    for name, data in files(share).items():
        text = gzip.decompress(data) if name.endswith(".gz") else data
        for path in (ROOT, Path.home(), share):
            assert str(path).encode() not in text, name
        assert b"@PAGES@" not in text
        assert b"@RELEASES@" not in text


def test_two_installs_are_the_same_whatever_the_terminal(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(BUILT))
    monkeypatch.setenv("COLUMNS", "200")
    install(tmp_path)
    assert files(tmp_path) == files(share)
    assert os.environ["COLUMNS"] == "200"


def test_the_entry_starts_what_the_program_knows(share: Path) -> None:
    names = ("spark-desktop", "zz-spark-desktop-folder")
    groups = [
        group
        for name in names
        for group in entry(share / "applications" / f"{name}.desktop").values()
        if "Exec" in group
    ]
    assert len(groups) == 4
    for group in groups:
        program, *arguments = group["Exec"].replace("%u", "spark://ask").split()
        assert program == "spark-desktop"
        build_parser().parse_args(arguments)


def test_the_entry_has_actions_and_is_found_by_its_window(share: Path, qapp: object) -> None:
    main = entry(share / "applications" / "spark-desktop.desktop")
    top = main["Desktop Entry"]
    assert top["Actions"] == "new-prompt;open-folder;"
    for action in ("new-prompt", "open-folder"):
        assert {"Name", "Name[ru]", "Exec"} <= main[f"Desktop Action {action}"].keys()
    assert {"Name[ru]", "Comment[ru]", "Keywords[ru]", "GenericName[ru]"} <= top.keys()
    assert top["StartupNotify"] == "true"
    assert top["StartupWMClass"] == application().desktopFileName()


def test_links_and_folders_are_opened_by_two_entries(share: Path) -> None:
    # The second one sorts last: see its own comment.
    main, folder = (
        entry(share / "applications" / f"{name}.desktop")["Desktop Entry"]
        for name in ("spark-desktop", "zz-spark-desktop-folder")
    )
    assert main["MimeType"] == "x-scheme-handler/spark;"
    assert (folder["MimeType"], folder["NoDisplay"]) == ("inode/directory;", "true")


@LINUX
def test_a_file_manager_stays_the_default_for_folders(share: Path, tmp_path: Path) -> None:
    applications = tmp_path / "applications"
    shutil.copytree(share / "applications", applications)
    managers = ("nemo", "thunar", "xfe")
    for name in managers:
        text = f"[Desktop Entry]\nType=Application\nName={name}\nExec=true %u\n"
        (applications / f"{name}.desktop").write_text(f"{text}MimeType=inode/directory;\n")
    for path in applications.glob("*spark*"):
        # Only what can be started counts.
        path.write_text(path.read_text().replace("=spark-desktop", "=true"))
    assert run("update-desktop-database", applications).returncode == 0
    cache = entry(applications / "mimeinfo.cache")["MIME Cache"]
    assert cache["inode/directory"].split(";")[:4] == [
        *(f"{name}.desktop" for name in managers),
        "zz-spark-desktop-folder.desktop",
    ]


@LINUX
def test_the_entries_are_valid(share: Path) -> None:
    for path in sorted((share / "applications").iterdir()):
        checked = run("desktop-file-validate", path)
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@LINUX
def test_the_metainfo_is_valid(share: Path) -> None:
    (path,) = (share / "metainfo").iterdir()
    checked = run("appstreamcli", "validate", "--no-net", "--pedantic", path)
    assert checked.returncode == 0, checked.stdout
    assert "Validation was successful" in checked.stdout
    assert not re.search(r"^[EWIP]: ", checked.stdout, re.MULTILINE), checked.stdout


def test_the_metainfo_shows_pictures_that_are_there(share: Path) -> None:
    (path,) = (share / "metainfo").iterdir()
    component = ET.parse(path).getroot()
    images = [image.text or "" for image in component.iter("image")]
    assert len(images) == 2
    for address in images:
        picture = ROOT / "docs" / address.removeprefix(f"{desktop_files.PAGES}/")
        assert picture.stat().st_size < 200_000
        # The header of a PNG holds width and height.
        edges = picture.read_bytes()[16:24]
        assert (int.from_bytes(edges[:4]), int.from_bytes(edges[4:])) == (1280, 800)
    launched = component.findtext("launchable") or ""
    assert (share / "applications" / launched).is_file()
    binaries = {binary.text for binary in component.iter("binary")}
    assert binaries == set(GRAMMARS)


CHANGELOG = """\
# Changelog

## [Unreleased]

### Fixed

- A fault.

### Added

- The `first` thing: so. And more,
  on a second line.
- A [second](docs/x.md) one <here>.

## [0.9.0] - 2026-01-02

### Added

- An old thing.
"""


def test_what_is_unreleased_is_the_version_that_is_built() -> None:
    new, old = releases(CHANGELOG, "1.0.0", BUILT)
    assert (new.version, new.date) == ("1.0.0", "2026-11-28")
    assert new.added == ("The first thing", "A second one <here>")
    assert (old.version, old.date, old.added) == ("0.9.0", "2026-01-02", ("An old thing",))


def test_a_version_that_the_changelog_names_has_its_own_date() -> None:
    (only,) = releases(CHANGELOG, "0.9.0", BUILT)
    assert (only.version, only.date) == ("0.9.0", "2026-01-02")


def test_marks_in_the_changelog_are_no_marks_of_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    found = desktop_files._metainfo("<c>@RELEASES@</c>", releases(CHANGELOG, "1.0.0", BUILT))
    assert "<li>A second one &lt;here&gt;</li>" in found
    assert len(ET.fromstring(found).findall("releases/release")) == 2


@pytest.mark.parametrize(
    ("programs", "started"),
    [
        ("/opt/spark", "/opt/spark/spark-desktop"),
        ("/opt/spark/", "/opt/spark/spark-desktop"),
        ("/home/a b", '"/home/a b/spark-desktop"'),
        ("/home/50%", "/home/50%%/spark-desktop"),
        ("/home/$x", r'"/home/\\$x/spark-desktop"'),
    ],
)
def test_programs_in_a_folder_of_their_own_are_named_by_it(
    programs: str, started: str, tmp_path: Path
) -> None:
    desktop_files.write_desktop_files(tmp_path, programs, "1.0.0", BUILT)
    lines = [
        line
        for path in tmp_path.rglob("*")
        if path.is_file() and path.suffix != ".xml"
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("Exec=")
    ]
    assert len(lines) == 6
    assert all(line.startswith(f"Exec={started}") for line in lines)
    menu = tmp_path / "kio" / "servicemenus" / "spark-desktop.desktop"
    # KDE trusts the menus of a user's own folder only if they are executable.
    assert sys.platform == "win32" or os.access(menu, os.X_OK)


def test_a_relative_folder_of_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="opt/spark is no absolute path"):
        install(tmp_path, "opt/spark")
    assert not list(tmp_path.iterdir())


def page(program: str) -> str:
    return man_page(program, "1.2.3", BUILT)


@pytest.mark.parametrize("program", GRAMMARS)
def test_a_man_page_has_every_command_option_and_section(program: str) -> None:
    text = page(program)
    head = text.splitlines()[0].replace("\\-", "-")
    assert head == f'.TH {program.upper()} "1" "2026-11-28" "Spark Desktop 1.2.3" "Spark Desktop"'
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "FILES", "ENVIRONMENT", "EXIT STATUS"):
        assert f".SH {section}\n" in text
    plain = text.replace("\\-", "-")
    for parser in all_parsers(GRAMMARS[program]()):
        assert parser.prog == program or f"\\fB{parser.prog}\\fR" in plain
        for action in parser._actions:
            # Help that is suppressed is that of an option for other programs.
            for option in () if action.help == argparse.SUPPRESS else action.option_strings:
                assert option in ("-h", "--help") or f"\\fB{option}\\fR" in plain


@LINUX
@pytest.mark.parametrize("program", GRAMMARS)
def test_a_man_page_is_formatted_without_a_warning(program: str, tmp_path: Path) -> None:
    file = tmp_path / f"{program}.1"
    file.write_text(page(program), encoding="utf-8")
    checked = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", file)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_environment_of_the_man_pages_is_read_somewhere() -> None:
    named = {
        name
        for program in GRAMMARS
        for name in re.findall(r"^\.B (SPARK_\w+)$", page(program), re.MULTILINE)
    }
    source = "".join(
        path.read_text(encoding="utf-8")
        for package in ("spark_desktop", "inference_core")
        for path in (ROOT / package).rglob("*.py")
    )
    assert len(named) >= 5
    assert {name for name in named if f'"{name}"' not in source} == set()


SYNTAX: dict[str, tuple[str, ...]] = {
    "bash": ("bash", "-n"),
    "zsh": ("zsh", "-n"),
    "fish": ("fish", "--no-execute"),
}
# Bash is asked through the function that the script registers; fish itself has a command for it.
ASK_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMPREPLY=()
function=$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$function "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
# zsh completes only in a terminal: one is opened, and what it lists there is read. Its editor is up
# when the prompt is there; then a word is typed, tab, and another line in its place.
ASK_ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "stty columns 200; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w shell "bindkey '^I' list-choices; PS1='PRO''MPT'"
zpty -r -m shell seen '*PROMPT*'
zpty -w shell "$2"$'\\t\\x15'"print DO''NE"
zpty -r -m shell seen '*DONE*'
print -r -- "$seen"
"""


def ask(shell: str, share: Path, words: list[str]) -> str:
    place, name = PLACES[shell]
    script, line = share / place / name.format(program=words[0]), " ".join(words)
    match shell:
        case "bash":
            return run("bash", "-c", ASK_BASH, "ask", script, *words).stdout
        case "zsh":
            return run("zsh", "-f", "-c", ASK_ZSH, "ask", share / place, line).stdout
        case _:
            return run("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'").stdout


@LINUX
@pytest.mark.parametrize("shell", SYNTAX)
def test_a_completion_is_a_script_of_its_shell(shell: str, share: Path) -> None:
    place, name = PLACES[shell]
    for program in GRAMMARS:
        checked = run(*SYNTAX[shell], share / place / name.format(program=program))
        assert (checked.returncode, checked.stderr) == (0, "")


@LINUX
@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["spark", "en"], {"endpoints"}),
        (["spark", "threads", "ex"], {"export"}),
        (["spark-desktop", "--theme", ""], {"dark", "light"}),
        (["spark-desktop", "--new"], {"--new-prompt"}),
        (["spark-core", "models", "pu"], {"pull"}),
        (["spark-core", "serve", "--emulate", ""], {"cerebras"}),
    ],
)
def test_a_shell_offers_what_the_grammar_knows(
    shell: str, words: list[str], offered: set[str], share: Path
) -> None:
    lines = ask(shell, share, words).splitlines()
    assert {line.split("\t")[0] for line in lines if line} == offered


@LINUX
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_offers_files_where_a_path_is_wanted(
    shell: str, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.gguf").touch()
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    found = ask(shell, share, ["spark", "ask", "why", "--model", "mod"])
    assert "model.gguf" in found
    folders = ask(shell, share, ["spark-desktop", "mod"])
    assert "models" in folders
    assert "model.gguf" not in folders


@LINUX
def test_zsh_offers_what_the_grammar_knows(share: Path) -> None:
    seen = ask("zsh", share, ["spark", "threads", "ex"])
    assert "export" in seen
    assert "Write a chat to standard output" in seen


def test_a_grammar_is_made_anew_for_each_caller() -> None:
    makers: list[Callable[[], argparse.ArgumentParser]] = list(GRAMMARS.values())
    assert all(make() is not make() for make in makers)
