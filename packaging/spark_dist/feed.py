"""The release feed that the app checks: made of what lies in dist/, signed, verified.

    python packaging/feed.py new-key release.key release.pub     a key; it asks for a password
    python packaging/feed.py make dist feed.json --url https://… what dist/ holds, and older ones
    python packaging/feed.py sign feed.json --key release.key    feed.json.minisig beside it
    python packaging/feed.py verify feed.json --public release.pub --dist dist

docs/updates.md says what each field means.
"""

import argparse
import getpass
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spark_desktop.adapters.ed25519 import verify
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.minisign import check, public_key_of, shown_id, signature_of
from spark_desktop.domain.release_feed import FORMAT, Feed, feed_of, usable_url
from spark_desktop.domain.release_version import version_of
from spark_dist.release_key import (
    KeyFileError,
    SecretKey,
    needs_password,
    new_key,
    secret_key_of,
    write_secret,
)

SUMS = "SHA256SUMS"
_PIECE = 1024 * 1024
_VERSION = r"(?P<version>[0-9][0-9a-z.]*)"
_KIND = r"(?P<kind>full|slim)"
# The files of dist/ by their names, with what the name does not say.
_NAMES = (
    (rf"spark-desktop_{_VERSION}_(?P<architecture>amd64|arm64)_{_KIND}\.deb", "linux", "deb"),
    (rf"spark-desktop-{_VERSION}-linux-(?P<architecture>\w+)-{_KIND}\.tar\.gz", "linux", "tar"),
    (rf"spark-desktop-{_VERSION}-linux-(?P<architecture>\w+)-{_KIND}\.run", "linux", "run"),
    (
        rf"spark-desktop-{_VERSION}-windows-(?P<architecture>\w+)-{_KIND}-setup\.exe",
        "windows",
        "exe",
    ),
    (rf"spark-desktop-{_VERSION}-macos-(?P<architecture>\w+)-{_KIND}\.dmg", "macos", "dmg"),
)
_ARCHITECTURES = {"amd64": "x86_64"}


class FeedMakingError(Exception):
    """A feed cannot be made or is not right; the message says why, and what to do."""


def packages_in(dist: Path, version: str) -> list[dict[str, object]]:
    """Return the entries of a version's packages, sorted by name; ``url`` is the name only.

    Raises FeedMakingError where there is none, or one differs from ``SHA256SUMS``.
    """
    sums = _sums(dist / SUMS)
    found: list[dict[str, object]] = []
    for file in sorted(dist.iterdir()):
        for pattern, system, form in _NAMES:
            match = re.fullmatch(pattern, file.name)
            if match is None or match["version"] != version:
                continue
            digest = _digest(file)
            if sums.get(file.name, digest) != digest:
                raise FeedMakingError(
                    f"{file.name} is not the file that {SUMS} names: build it again."
                )
            architecture = match["architecture"]
            found.append(
                {
                    "system": system,
                    "architecture": _ARCHITECTURES.get(architecture, architecture),
                    "kind": match["kind"],
                    "format": form,
                    "url": file.name,
                    "bytes": file.stat().st_size,
                    "sha256": digest,
                }
            )
    if not found:
        raise FeedMakingError(f"{dist} holds no package of version {version}: run dist.py first.")
    return found


def made(
    release: dict[str, object],
    base_url: str,
    previous: Mapping[str, Any] | None,
    channel: str,
    issued: datetime,
    days: int,
) -> dict[str, object]:
    """Return a feed with one more release, or another one in place of the same version's.

    It is one further than ``previous``, whose other releases it keeps. Raises FeedMakingError.
    """
    if previous is not None and previous["channel"] != channel:
        raise FeedMakingError(f"The previous feed is of the channel {previous['channel']}.")
    base = base_url if base_url.endswith("/") else f"{base_url}/"
    files: Any = release["files"]
    placed = release | {"files": [file | {"url": base + file["url"]} for file in files]}
    kept: list[dict[str, Any]] = [] if previous is None else list(previous["releases"])
    kept = [one for one in kept if one["version"] != release["version"]]
    return {
        "format": FORMAT,
        "channel": channel,
        "sequence": 1 if previous is None else int(previous["sequence"]) + 1,
        "issued": _stamp(issued),
        "expires": _stamp(issued + timedelta(days=days)),
        "releases": sorted(
            [*kept, placed], key=lambda one: version_of(str(one["version"])), reverse=True
        ),
    }


def withdrawn(feed: dict[str, Any], version: str, reason: str) -> None:
    """Let a release of a feed be offered no more. Raises FeedMakingError where it has none such."""
    found = [one for one in feed["releases"] if one["version"] == version]
    if not found:
        raise FeedMakingError(f"The feed has no version {version} to withdraw.")
    found[0]["withdrawn"] = reason


def written(feed: Mapping[str, object]) -> bytes:
    """Return a feed as the bytes that are signed, after the app's own reader took them.

    Raises SparkError where it does not.
    """
    data = (json.dumps(feed, indent=1, ensure_ascii=False) + "\n").encode()
    feed_of(data)
    return data


def signed(data: bytes, key: SecretKey, name: str, now: int) -> str:
    """Return the signature of a feed, which is valid as long as the feed. Raises SparkError."""
    feed = feed_of(data)
    expires = int(feed.expires.timestamp())
    fields = (f"timestamp:{now}", f"expires:{expires}", f"file:{name}", f"sequence:{feed.sequence}")
    return key.signature(data, "\t".join(fields), "signature of a Spark Desktop release feed")


def verified(data: bytes, signature: str, public: str) -> Feed:
    """Return a feed that the key's holder signed. Raises SparkError."""
    check(data, signature_of(signature), [public_key_of(public)], verify)
    return feed_of(data)


def compare(feed: Feed, dist: Path) -> int:
    """Return how many files of a feed lie in a folder. Raises FeedMakingError where one differs."""
    count = 0
    for release in feed.releases:
        for file in release.files:
            path = dist / file.url.rpartition("/")[2]
            if not path.is_file():
                continue
            if path.stat().st_size != file.bytes or _digest(path) != file.sha256:
                raise FeedMakingError(f"{path.name} is not the file that the feed names.")
            count += 1
    return count


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    arguments = _arguments(argv)
    try:
        print(arguments.run(arguments))
    except (FeedMakingError, KeyFileError, SparkError, OSError, ValueError) as error:
        print(f"feed: {error}", file=sys.stderr)
        return 1
    return 0


def _new_key(arguments: argparse.Namespace) -> str:
    password = "" if arguments.no_password else _new_password(arguments.password_file)
    key = new_key()
    write_secret(arguments.secret, key.packed(password))
    comment = f"untrusted comment: minisign public key {shown_id(key.id)}"
    arguments.public.write_text(f"{comment}\n{key.public_line}\n", encoding="utf-8")
    return f"Put this into resources/updates.toml as public: {key.public_line}"


def _make(arguments: argparse.Namespace) -> str:
    usable_url(arguments.url)
    previous = None
    if arguments.previous is not None:
        data = arguments.previous.read_bytes()
        feed_of(data)
        previous = json.loads(data)
    release: dict[str, object] = {
        "version": arguments.version,
        "notes": "" if arguments.notes is None else arguments.notes.read_text(encoding="utf-8"),
        "files": packages_in(arguments.dist, arguments.version),
    }
    stamp = os.environ.get("SOURCE_DATE_EPOCH")
    issued = datetime.fromtimestamp(int(stamp) if stamp else int(time.time()), UTC)
    feed = made(release, arguments.url, previous, arguments.channel, issued, arguments.days)
    for entry in arguments.withdraw:
        version, _, reason = entry.partition("=")
        withdrawn(feed, version, reason or "withdrawn")
    data = written(feed)
    arguments.feed.write_bytes(data)
    count = len(packages_in(arguments.dist, arguments.version))
    return f"{arguments.feed}: number {feed['sequence']}, {arguments.version} in {count} packages"


def _sign(arguments: argparse.Namespace) -> str:
    text = arguments.key.read_text(encoding="utf-8")
    password = _password(arguments.password_file) if needs_password(text) else ""
    key = secret_key_of(text, password)
    data, there = arguments.feed.read_bytes(), Path(f"{arguments.feed}.minisig")
    there.write_text(signed(data, key, arguments.feed.name, int(time.time())), encoding="utf-8")
    return f"{there}: signed with the key {shown_id(key.id)}"


def _verify(arguments: argparse.Namespace) -> str:
    signature = Path(f"{arguments.feed}.minisig").read_text(encoding="utf-8")
    public = arguments.public.read_text(encoding="utf-8")
    feed = verified(arguments.feed.read_bytes(), signature, public)
    told = f"number {feed.sequence} of {feed.channel}, valid until {_stamp(feed.expires)}"
    if arguments.dist is not None:
        told += f"; {compare(feed, arguments.dist)} packages of {arguments.dist} are those it names"
    return told


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="feed", description="Make and sign the release feed.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    key = commands.add_parser("new-key", help="make a key that signs feeds")
    key.add_argument("secret", type=Path, help="the secret half; keep it off this machine")
    key.add_argument("public", type=Path, help="the public half")
    key.add_argument("--no-password", action="store_true", help="for a store of secrets only")
    key.set_defaults(run=_new_key)
    make = commands.add_parser("make", help="make a feed of what lies in dist/")
    make.add_argument("dist", type=Path)
    make.add_argument("feed", type=Path)
    make.add_argument("--url", required=True, help="where the packages are, https://…/")
    make.add_argument("--version", required=True)
    make.add_argument("--notes", type=Path, help="a text file with the release notes")
    make.add_argument("--previous", type=Path, help="the feed before this one")
    make.add_argument("--channel", default="stable")
    make.add_argument("--days", type=int, default=90, help="how long it is valid")
    make.add_argument("--withdraw", action="append", default=[], metavar="VERSION=REASON")
    make.set_defaults(run=_make)
    sign = commands.add_parser("sign", help="sign a feed")
    sign.add_argument("feed", type=Path)
    sign.add_argument("--key", type=Path, required=True, help="the secret half")
    sign.set_defaults(run=_sign)
    for command in (key, sign):
        command.add_argument("--password-file", type=Path, help="else it is asked for")
    proof = commands.add_parser("verify", help="verify a feed as the app does")
    proof.add_argument("feed", type=Path)
    proof.add_argument("--public", type=Path, required=True, help="the public half")
    proof.add_argument("--dist", type=Path, help="compare these packages, too")
    proof.set_defaults(run=_verify)
    return parser.parse_args(argv)


def _new_password(file: Path | None) -> str:
    password = _password(file)
    if not password:
        raise KeyFileError("The password is empty; --no-password says that you want none.")
    if file is None and getpass.getpass("Once more: ") != password:
        raise KeyFileError("The two passwords differ.")
    return password


def _password(file: Path | None) -> str:
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\n")
    return getpass.getpass("Password of the secret key: ")


def _sums(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    lines = (line.split(maxsplit=1) for line in file.read_text(encoding="utf-8").splitlines())
    return {name.lstrip("*"): digest for digest, name in (line for line in lines if len(line) == 2)}


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    sys.exit(main())
