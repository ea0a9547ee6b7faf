"""The feed and the packages over the network: what a host does wrong is told."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from spark_desktop.adapters.disk import Disk
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.package_file import PackageFile
from spark_desktop.adapters.release_requests import ReleaseRequests
from spark_desktop.adapters.release_server import HttpReleaseServer
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.endpoints import Route
from spark_desktop.domain.errors import (
    EndpointUnreachableError,
    FeedError,
    PackageError,
    ProxyFailedError,
    UntrustedServerError,
    UpdateError,
)
from spark_desktop.domain.updates import Fetching
from tests.hostile.certificates import Authority
from tests.hostile.proxy import HostileProxy
from tests.hostile.server import endless, head, redirects, sends, stalls
from tests.release_host import FEED, NAME, Noted, ReleaseHost, server_for
from tests.update_fakes import PACKAGE

LENGTH = str(len(PACKAGE))


@pytest.fixture
async def host() -> AsyncIterator[ReleaseHost]:
    async with ReleaseHost().running() as made:
        yield made


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "Downloads"


def nothing(_step: Fetching) -> None:
    """Hear of no progress."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


async def test_the_feed_comes_with_its_signature_and_tells_the_host_nothing(
    host: ReleaseHost, downloads: Path
) -> None:
    noted = Noted()
    data, signature = await server_for(downloads, noted).feed(host.source)
    assert (data, signature) == (host.pages[FEED], host.pages[f"{FEED}.minisig"])
    for asked in host.server.requests:
        assert asked.body == b""
        assert set(asked.headers) == {
            "host",
            "accept",
            "accept-encoding",
            "connection",
            "user-agent",
        }
        assert asked.headers["user-agent"] == "spark-desktop"
    contact = Contact("127.0.0.1", host.server.port, "look for a new version")
    assert noted.contacts == [contact, contact]


async def test_a_feed_that_is_not_there_is_told_with_the_host(
    host: ReleaseHost, downloads: Path
) -> None:
    del host.pages[FEED]
    with pytest.raises(FeedError, match=r"127\.0\.0\.1:\d+ has no release feed .* \(status 404\)"):
        await server_for(downloads).feed(host.source)


@pytest.mark.parametrize(("path", "most"), [(FEED, "1024"), (f"{FEED}.minisig", "16")])
async def test_what_is_too_large_for_a_feed_is_cut_off(
    host: ReleaseHost, downloads: Path, path: str, most: str
) -> None:
    host.pages[path] = endless(head(connection="close"), b"x" * 65536)
    with pytest.raises(FeedError, match=f"more than {most} kB"):
        await server_for(downloads).feed(host.source)
    async with asyncio.timeout(10):
        await host.server.was_left.wait()


async def test_a_host_that_sends_nothing_is_left(host: ReleaseHost, downloads: Path) -> None:
    host.pages[FEED] = stalls(head(content_length="10"))
    with pytest.raises(EndpointUnreachableError, match="did not answer in time"):
        await server_for(downloads, silence=0.05).feed(host.source)


async def test_a_host_that_sends_a_letter_at_a_time_is_left_as_well(
    host: ReleaseHost, downloads: Path
) -> None:
    host.pages[FEED] = endless(head(connection="close"), b"")
    with pytest.raises(EndpointUnreachableError, match="did not answer in time"):
        await server_for(downloads, patience=0.05).feed(host.source)


async def test_without_a_network_the_host_is_named(downloads: Path) -> None:
    async with ReleaseHost().running() as gone:
        source = gone.source
    with pytest.raises(EndpointUnreachableError, match=r"Nothing listens at 127\.0\.0\.1"):
        await server_for(downloads).feed(source)


async def test_a_redirect_is_followed_to_another_host(host: ReleaseHost, downloads: Path) -> None:
    async with ReleaseHost().running() as other:
        other.pages["/copy"] = b"a feed"
        host.pages[FEED] = redirects("302 Found", f"{other.server.url}/copy")
        data, _ = await server_for(downloads).feed(host.source)
        assert data == b"a feed"


@pytest.mark.parametrize("location", ["http://dl.example.org/x", "ftp://h/x", "", "https://["])
async def test_a_redirect_away_from_tls_is_not_followed(
    host: ReleaseHost, downloads: Path, location: str
) -> None:
    host.pages[FEED] = redirects("302 Found", location)
    with pytest.raises(UpdateError, match="without TLS, or to none: nothing was sent there"):
        await server_for(downloads).feed(host.source)


async def test_redirects_in_a_circle_end(host: ReleaseHost, downloads: Path) -> None:
    host.pages[FEED] = redirects("302 Found", f"{host.server.url}/b")
    host.pages["/b"] = redirects("302 Found", f"{host.server.url}{FEED}")
    with pytest.raises(UpdateError, match="in a circle"):
        await server_for(downloads).feed(host.source)
    assert len(host.asked) == 6


async def test_over_tls_a_redirect_to_this_machine_without_it_is_refused(
    host: ReleaseHost, downloads: Path, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    pem = authority.issue("localhost")
    async with ReleaseHost().running() as local:
        host.server.tls = None
        secure = ReleaseHost()
        secure.server.tls = authority.serving(pem)
        async with secure.running():
            secure.pages[FEED] = redirects("302 Found", local.server.url + FEED)
            url = secure.server.url.replace("127.0.0.1", "localhost") + FEED
            source = replace(secure.source, url=url)
            policy = NetworkPolicy(general=Route(ca_file=authority.file))
            requests = ReleaseRequests(policy, Noted())
            server = HttpReleaseServer(requests, lambda file: PackageFile(downloads, file))
            with pytest.raises(UpdateError, match="without TLS"):
                await server.feed(source)
            secure.pages[FEED] = b"over TLS"
            assert (await server.feed(source))[0] == b"over TLS"
            with pytest.raises(UntrustedServerError):
                await server_for(downloads).feed(source)
        assert local.asked == []


async def test_a_proxy_is_used_as_for_endpoints(tmp_path: Path, downloads: Path) -> None:
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    async with HostileProxy(0, refusal=refusal).running() as proxy:
        noted = Noted()
        policy = NetworkPolicy({"HTTPS_PROXY": proxy.url})
        server = HttpReleaseServer(
            ReleaseRequests(policy, noted), lambda file: PackageFile(downloads, file)
        )
        source = replace(ReleaseHost().source, url="https://dl.example.org/stable.json")
        with pytest.raises(ProxyFailedError, match="refused to connect"):
            await server.feed(source)
    assert [asked.target for asked in proxy.asked] == ["dl.example.org:443"]
    assert Contact("127.0.0.1", proxy.port, "pass on what is asked of dl.example.org") in (
        noted.contacts
    )


async def test_a_package_has_its_name_only_once_it_is_verified(
    host: ReleaseHost, downloads: Path
) -> None:
    steps: list[Fetching] = []
    seen: list[list[str]] = []

    def told(step: Fetching) -> None:
        steps.append(step)
        seen.append(names(downloads))

    path = await server_for(downloads).fetch(host.file(), told)
    assert path == downloads / NAME
    assert path.read_bytes() == PACKAGE
    assert names(downloads) == [NAME]
    assert steps[-1] == Fetching(len(PACKAGE), len(PACKAGE), verifying=True)
    assert [name for name in seen[-1] if not name.endswith(".part")] == []


async def test_a_package_that_is_here_already_is_not_fetched_again(
    host: ReleaseHost, downloads: Path
) -> None:
    server = server_for(downloads)
    first = await server.fetch(host.file(), nothing)
    assert await server.fetch(host.file(), nothing) == first
    assert host.asked == [f"/{NAME}"]


async def test_another_file_of_that_name_is_left_alone(host: ReleaseHost, downloads: Path) -> None:
    own(downloads)
    path = await server_for(downloads).fetch(host.file(), nothing)
    assert path.name == "spark-desktop_0.2.0_amd64_full (2).deb"
    assert (downloads / NAME).read_bytes() == b"the user's own"


async def test_a_tampered_package_is_removed_and_told(host: ReleaseHost, downloads: Path) -> None:
    host.pages[f"/{NAME}"] = b"\0" * len(PACKAGE)
    with pytest.raises(PackageError, match="is not the file that the release feed names") as caught:
        await server_for(downloads).fetch(host.file(), nothing)
    assert "install nothing" in caught.value.next_step
    assert names(downloads) == []


@pytest.mark.parametrize("size", [len(PACKAGE) - 1, len(PACKAGE) + 1])
async def test_a_package_of_another_size_is_refused_before_it_comes(
    host: ReleaseHost, downloads: Path, size: int
) -> None:
    host.pages[f"/{NAME}"] = b"\0" * size
    with pytest.raises(PackageError, match=r"has 10,2\d\d bytes .* the release feed says 10,240"):
        await server_for(downloads).fetch(host.file(), nothing)
    assert names(downloads) == []


async def test_a_package_that_never_ends_is_refused(host: ReleaseHost, downloads: Path) -> None:
    host.pages[f"/{NAME}"] = endless(head(connection="close"), b"x" * 65536)
    with pytest.raises(PackageError, match="Nothing of it was kept"):
        await server_for(downloads).fetch(host.file(), nothing)
    assert names(downloads) == []


async def test_a_package_that_is_not_there_is_told(host: ReleaseHost, downloads: Path) -> None:
    del host.pages[f"/{NAME}"]
    with pytest.raises(PackageError, match=r"does not have the package .* \(status 404\)"):
        await server_for(downloads).fetch(host.file(), nothing)
    assert names(downloads) == []


async def test_a_truncated_package_gets_no_name_and_goes_on_from_there(
    host: ReleaseHost, downloads: Path
) -> None:
    host.pages[f"/{NAME}"] = sends(head(connection="close"), PACKAGE[:4000])
    server = server_for(downloads)
    with pytest.raises(EndpointUnreachableError, match="ended after 4,000 of 10,240") as caught:
        await server.fetch(host.file(), nothing)
    assert "goes on from there" in caught.value.next_step
    (part,) = names(downloads)
    assert part.endswith(".part")

    host.pages[f"/{NAME}"] = PACKAGE
    path = await server.fetch(host.file(), nothing)
    assert path.read_bytes() == PACKAGE
    assert host.server.requests[-1].headers["range"] == "bytes=4000-"
    assert names(downloads) == [NAME]


def own(downloads: Path) -> None:
    """Let the user have a file of the package's name."""
    downloads.mkdir()
    (downloads / NAME).write_bytes(b"the user's own")


def begun(downloads: Path, host: ReleaseHost, data: bytes) -> None:
    """Leave what an earlier download got."""
    package = PackageFile(downloads, host.file())
    package.begin()
    package.part.write_bytes(data)


async def test_a_server_without_ranges_sends_all_of_it_again(
    host: ReleaseHost, downloads: Path
) -> None:
    host.knows_ranges = False
    begun(downloads, host, b"half of something")
    path = await server_for(downloads).fetch(host.file(), nothing)
    assert path.read_bytes() == PACKAGE
    assert len(host.asked) == 1


async def test_a_server_with_a_wrong_range_is_asked_for_all_of_it(
    host: ReleaseHost, downloads: Path
) -> None:
    begun(downloads, host, PACKAGE[:100])
    wrong = head("206 Partial Content", content_range="bytes 0-1/2", content_length="0")
    whole = head(content_length=LENGTH) + PACKAGE

    async def script(asked: object, writer: asyncio.StreamWriter) -> None:
        ranged = "range" in host.server.requests[-1].headers
        writer.write(wrong if ranged else whole)
        await writer.drain()

    host.pages[f"/{NAME}"] = script
    path = await server_for(downloads).fetch(host.file(), nothing)
    assert path.read_bytes() == PACKAGE


async def test_a_damaged_beginning_is_found_and_removed(host: ReleaseHost, downloads: Path) -> None:
    begun(downloads, host, b"\0" * 100)
    with pytest.raises(PackageError, match="It was removed"):
        await server_for(downloads).fetch(host.file(), nothing)
    assert names(downloads) == []


async def test_a_beginning_that_is_longer_than_the_whole_begins_anew(
    host: ReleaseHost, downloads: Path
) -> None:
    begun(downloads, host, b"\0" * (len(PACKAGE) + 1))
    assert (await server_for(downloads).fetch(host.file(), nothing)).read_bytes() == PACKAGE


async def test_a_whole_part_is_only_verified(host: ReleaseHost, downloads: Path) -> None:
    begun(downloads, host, PACKAGE)
    assert (await server_for(downloads).fetch(host.file(), nothing)).name == NAME
    assert host.asked == []


async def test_a_cancelled_download_leaves_nothing(host: ReleaseHost, downloads: Path) -> None:
    began = asyncio.Event()

    async def script(_asked: object, writer: asyncio.StreamWriter) -> None:
        writer.write(head(content_length=LENGTH) + PACKAGE[:1000])
        await writer.drain()
        began.set()
        await asyncio.Event().wait()

    host.pages[f"/{NAME}"] = script
    begun(downloads, host, PACKAGE[:500])
    task = asyncio.ensure_future(server_for(downloads).fetch(host.file(), nothing))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(downloads) == []


async def test_without_room_nothing_is_asked(host: ReleaseHost, downloads: Path) -> None:
    server = HttpReleaseServer(
        ReleaseRequests(NetworkPolicy(), Noted()),
        lambda file: PackageFile(downloads, file, free=lambda folder: len(PACKAGE) - 1),
    )
    with pytest.raises(PackageError, match="There is no room for") as caught:
        await server.fetch(host.file(), nothing)
    assert caught.value.next_step == "Free some space, then download it again."
    assert (names(downloads), host.asked) == ([], [])


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "There is no room for"), (errno.EACCES, "could not be written to")],
)
async def test_a_disk_that_fails_on_the_way_is_told_and_left_clean(
    host: ReleaseHost, downloads: Path, number: int, told: str
) -> None:
    def write(handle: int, data: bytes) -> int:
        raise OSError(number, os.strerror(number))

    server = HttpReleaseServer(
        ReleaseRequests(NetworkPolicy(), Noted()),
        lambda file: PackageFile(downloads, file, Disk(write=write)),
    )
    with pytest.raises(PackageError, match=told):
        await server.fetch(host.file(), nothing)
    assert names(downloads) == []


async def test_a_folder_that_cannot_be_made_is_told(host: ReleaseHost, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PackageError, match="could not be written"):
        await server_for(tmp_path / "file" / "Downloads").fetch(host.file(), nothing)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/r/spark-desktop_0.2.0_amd64_full.deb?token=1", "spark-desktop_0.2.0_amd64_full.deb"),
        ("/r/..%2f..%2f.bashrc", "spark-desktop-linux-x86_64-full.deb"),
        ("/r/", "spark-desktop-linux-x86_64-full.deb"),
        ("/r/a%00b", "spark-desktop-linux-x86_64-full.deb"),
        ("/r/-rf", "spark-desktop-linux-x86_64-full.deb"),
        ("/r/x.part", "spark-desktop-linux-x86_64-full.deb"),
    ],
)
def test_a_name_from_outside_is_only_taken_where_it_is_plain(
    downloads: Path, url: str, name: str
) -> None:
    file = ReleaseHost().file(url=f"https://dl.example.org{url}")
    package = PackageFile(downloads, file)
    assert package.name == name
    assert package.part.parent == downloads
