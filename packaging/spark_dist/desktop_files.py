"""Desktop entries, entries of file managers, and the AppStream metainfo."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

_ROOT = Path(__file__).parents[2]
_SHARE = _ROOT / "packaging" / "linux" / "share"
_METAINFO = "metainfo/org.spark_desktop.spark_desktop.metainfo.xml"
# Where the pictures of the metainfo are. A name that is reserved for examples, so that it leads to
# nobody: whoever publishes the app has a place of their own, and names it here.
PAGES = "https://spark-desktop.example"
# The files that start the program; all keys in them that hold a command.
_COMMANDS = re.compile(r"^(Exec|TryExec)=spark-desktop\b", re.MULTILINE)
# The desktop entry specification lets these stand only within double quotes.
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$")
# Lines of one release in the metainfo: what a software centre shows beside the description.
_MOST_ITEMS = 8


@dataclass(frozen=True, slots=True)
class Release:
    """One of the changelog: its date as YYYY-MM-DD, and what was added, a sentence each."""

    version: str
    date: str
    added: tuple[str, ...]


def write_desktop_files(share: Path, programs: str, version: str, built: int) -> None:
    """Write them below ``share``; ``programs`` is the folder of the programs, "" for PATH.

    ``built`` is the time in seconds since the epoch, of a release that has no date of its own.
    """
    for source in sorted(_SHARE.rglob("*")):
        if source.is_file():
            text = source.read_text(encoding="utf-8")
            name = source.relative_to(_SHARE).as_posix()
            if name == _METAINFO:
                text = _metainfo(text, releases(_changelog(), version, built))
            target = share / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_started_from(text, programs), encoding="utf-8")
            if programs and "/servicemenus/" in name:
                # KDE trusts those of a user's own folder only if they are executable.
                target.chmod(0o755)


def releases(changelog: str, version: str, built: int) -> list[Release]:
    """Return the releases of a changelog, newest first.

    What is not released yet counts as ``version``, made at ``built`` (seconds since the epoch),
    unless the changelog has that version by name.
    """
    found = list(_releases(changelog))
    today = f"{datetime.fromtimestamp(built, UTC):%Y-%m-%d}"
    named = {release.version for release in found}
    if version in named:
        return [release for release in found if release.date]
    return [
        Release(version, today, release.added) if release.version == "Unreleased" else release
        for release in found
        if release.date or release.version == "Unreleased"
    ]


def _releases(changelog: str) -> Iterator[Release]:
    version, date, section = "", "", ""
    added: list[str] = []
    for line in [*changelog.splitlines(), "## [end]"]:
        heading = _HEADING.match(line)
        if heading:
            if version:
                yield Release(version, date, tuple(_first_sentence(item) for item in added))
            version, date, section, added = heading[1], heading[2] or "", "", []
        elif line.startswith("### "):
            section = line.removeprefix("### ")
        elif section == "Added" and line.startswith("- "):
            added.append(line.removeprefix("- "))
        elif section == "Added" and line.startswith("  ") and added:
            added[-1] += " " + line.strip()


def _first_sentence(item: str) -> str:
    # Without the marks of Markdown, and the full stop, which lists of AppStream have none of.
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", item).replace("`", "").replace("**", "")
    return re.split(r"[.:;](?: |$)", text, maxsplit=1)[0]


def _metainfo(template: str, found: list[Release]) -> str:
    lines = ["  <releases>"]
    for place, release in enumerate(found):
        lines.append(f'    <release version="{escape(release.version)}" date="{release.date}">')
        if release.added and place == 0:
            items = (f"          <li>{escape(item)}</li>" for item in release.added[:_MOST_ITEMS])
            lines += ["      <description>", "        <ul>", *items]
            lines += ["        </ul>", "      </description>"]
        lines.append("    </release>")
    lines.append("  </releases>")
    return template.replace("@PAGES@", PAGES).replace("@RELEASES@", "\n".join(lines))


def _started_from(text: str, programs: str) -> str:
    if not programs:
        return text
    path = f"{programs.rstrip('/')}/spark-desktop"
    ways = {"Exec": _quoted(path), "TryExec": path.replace("\\", "\\\\")}
    return _COMMANDS.sub(lambda found: f"{found[1]}={ways[found[1]]}", text)


def _quoted(argument: str) -> str:
    argument = argument.replace("%", "%%")
    if not _RESERVED.intersection(argument):
        return argument
    for character in '\\"`$':
        argument = argument.replace(character, f"\\{character}")
    # Once more, since the value of a key has escapes of its own.
    return f'"{argument}"'.replace("\\", "\\\\")


def _changelog() -> str:
    return (_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
