"""What is kept of accepted feeds, and how this Spark came here."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from spark_desktop.adapters.installation import installed, update_source
from spark_desktop.adapters.update_memory import UpdateFile
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.release_version import version_of
from spark_desktop.domain.updates import Memory, SeenFeed
from tests.update_fakes import PUBLIC

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
KEPT = Memory({"AA": SeenFeed(7, "00" * 32, NOON)}, NOON, reached=False)


async def test_what_is_kept_is_read_back_and_a_first_start_knows_nothing(tmp_path: Path) -> None:
    file = UpdateFile(tmp_path / "data" / "updates.json")
    assert await file.load() == Memory()
    await file.save(KEPT)
    assert await file.load() == KEPT
    await file.save(Memory())
    assert await file.load() == Memory()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"attempted": 1, "feeds": {}, "reached": true}', "[" * 100_000]
    + [
        f'{{"attempted": null, "reached": true, "feeds": {{"A": {feed}}}}}'
        for feed in ("1", "{}", '{"sequence": "7", "sha256": ""}')
    ],
)
async def test_a_broken_file_is_told_instead_of_forgetting_what_was_seen(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "updates.json"
    path.write_text(text)
    with pytest.raises(StoreError, match=r"updates.json, .* is broken") as caught:
        await UpdateFile(path).load()
    assert "Remove it" in caught.value.next_step


async def test_a_file_that_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "updates.json").mkdir()
    with pytest.raises(StoreError, match="could not be kept"):
        await UpdateFile(tmp_path / "updates.json").save(KEPT)
    with pytest.raises(StoreError, match="cannot be read"):
        await UpdateFile(tmp_path / "updates.json").load()


def test_this_build_has_no_key_yet_so_it_follows_no_feed() -> None:
    assert not update_source().is_usable


def test_several_keys_of_a_build_count_and_the_host_is_that_of_the_feed(tmp_path: Path) -> None:
    file = tmp_path / "updates.toml"
    line = "RWSJRMC+c5syneLd+F8p1S1cNdmJIW3xTjODG2+Jyh488nAfN62bbnnW"
    file.write_text(
        f"""
        channel = "preview"
        feed = "https://dl.example.org:8443/stable.json"
        [[key]]
        name = "2026"
        public = "{line}"
        [[key]]
        name = "2027"
        public = "RWQuyuKspdTyqnzPilWtdNvr4hWBdCCs/QLKchOiDFiH5QoZJBfqHBPD"
        """
    )
    source = update_source(file)
    assert [key.name for key in source.keys] == ["2026", "2027"]
    assert (source.keys[0].id, source.host) == (PUBLIC.id, "dl.example.org:8443")
    assert source.signature_url == "https://dl.example.org:8443/stable.json.minisig"
    assert source.is_usable


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml",
        'feed = "http://dl.example.org/x"\n[[key]]\npublic = "x"',
        'feed = "https://dl.example.org/x"\n[[key]]\npublic = "x"',
        'feed = "https://dl.example.org/x"\nkey = 1',
        "feed = 1",
    ],
)
def test_a_file_that_says_nothing_usable_follows_no_feed(tmp_path: Path, text: str) -> None:
    file = tmp_path / "updates.toml"
    file.write_text(text)
    assert not update_source(file).is_usable


def test_a_checkout_knows_its_version_and_no_package() -> None:
    here = installed()
    assert here is not None
    assert (here.format, here.kind) == ("", "")
    assert here.version >= version_of("0.1.0")
    assert here.system in ("linux", "windows", "macos")


def test_the_marker_beside_the_programs_says_how_it_was_installed(tmp_path: Path) -> None:
    marker = tmp_path / "installed-as.toml"
    marker.write_text('format = "deb"\nsize = "full"\nversion = "0.3.0"\n')
    here = installed(marker)
    assert here is not None
    assert (here.format, here.kind, here.name) == ("deb", "full", "0.3.0")


@pytest.mark.parametrize(("kind", "form"), [("windows", "exe"), ("macos", "dmg"), ("run", "run")])
def test_the_packagers_kinds_are_the_feeds_formats(tmp_path: Path, kind: str, form: str) -> None:
    marker = tmp_path / "installed-as.toml"
    marker.write_text(f'format = "{kind}"\nsize = "slim"\ncommit = "ab"\n')
    here = installed(marker)
    assert here is not None
    assert (here.format, here.kind) == (form, "slim")


def test_a_program_that_does_not_know_its_version_says_so(tmp_path: Path) -> None:
    marker = tmp_path / "installed-as.toml"
    marker.write_text('version = "unknown"\n')
    assert installed(marker) is None
