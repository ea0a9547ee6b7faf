"""Which wheels the app needs on Windows: the lock, its markers, and what wheels say."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from spark_dist.lock import Lock, LockError, parse_lock, read_lock
from spark_dist.wheel_closure import requirements_of, runtime_closure, windows_environment
from spark_dist.wheels import WheelShelf, sha256, unpack_wheel

WINDOWS = windows_environment("3.13.2")
LINUX = {**WINDOWS, "sys_platform": "linux", "os_name": "posix"}
LOCKED = """\
# a comment
alpha==1.2 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
Beta_Two==2.0 ; sys_platform == 'win32' \\
    --hash=sha256:bb
gamma==3.0 \\
    --hash=sha256:cc
old==1.0 ; python_full_version < '3.12' \\
    --hash=sha256:dd
"""


def lock(environment: dict[str, str] = WINDOWS) -> Lock:
    return Lock(parse_lock(LOCKED), environment)


def wheel(folder: Path, name: str, version: str, *requires: str, tag: str = "py3-none-any") -> Path:
    path = folder / f"{name}-{version}-{tag}.whl"
    lines = [f"Name: {name}", *(f"Requires-Dist: {line}" for line in requires), "", "Words."]
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}-{version}.dist-info/METADATA", "\n".join(lines))
    return path


def test_an_entry_has_a_version_and_all_its_hashes():
    entry = lock()["Alpha"]
    assert (entry.name, entry.version, entry.hashes) == ("alpha", "1.2", {"aa", "ab"})
    assert entry.requirement() == "alpha==1.2 --hash=sha256:aa --hash=sha256:ab"


def test_only_what_is_meant_for_the_system_is_in_its_lock():
    assert "beta-two" in lock()
    assert "beta-two" not in lock(LINUX)
    assert "old" not in lock()


def test_what_the_lock_lacks_is_named_with_the_next_step():
    with pytest.raises(LockError, match=r"delta is needed.*Compile the lock again"):
        lock()["delta"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("alpha==1 \\\n", "ends within an entry: alpha==1"),
        ("alpha==1", "does not pin alpha==1 with its hashes"),
        ("alpha>=1 --hash=sha256:aa", "does not pin alpha>=1"),
        ("=== --hash=sha256:aa", "a line that is none"),
    ],
)
def test_a_lock_that_cannot_be_read_is_an_error(text, said):
    with pytest.raises(LockError, match=said):
        parse_lock(text)


def test_the_projects_own_lock_is_read(request):
    path = request.config.rootpath / "requirements.lock"
    found = read_lock(path, WINDOWS, [])
    assert "pywin32-ctypes" in found
    assert "jeepney" not in found


def test_the_closure_follows_what_wheels_say_of_this_system(tmp_path):
    wheels = {
        "alpha": wheel(
            tmp_path, "alpha", "1.2", "beta-two>=1; sys_platform == 'win32'", "gamma[x]"
        ),
        "beta-two": wheel(tmp_path, "beta_two", "2.0", "nowhere; extra == 'test'"),
        "gamma": wheel(tmp_path, "gamma", "3.0", "alpha", "old; python_version < '3.12'"),
    }
    rounds = []

    def fetch(names: list[str]) -> dict[str, Path]:
        rounds.append(names)
        return {name: wheels[name] for name in names}

    needed = ["alpha<2", "nothing; sys_platform == 'linux'"]
    assert runtime_closure(needed, lock(), WINDOWS, fetch) == wheels
    assert [names for names in rounds if names] == [["alpha"], ["beta-two", "gamma"]]


def test_an_extra_that_is_asked_for_brings_its_own_needs(tmp_path):
    wheels = {
        "alpha": wheel(tmp_path, "alpha", "1.2", "gamma; extra == 'fast'"),
        "gamma": wheel(tmp_path, "gamma", "3.0"),
    }

    def fetch(names: list[str]) -> dict[str, Path]:
        return {name: wheels[name] for name in names}

    assert set(runtime_closure(["alpha"], lock(), WINDOWS, fetch)) == {"alpha"}
    assert set(runtime_closure(["alpha[fast]"], lock(), WINDOWS, fetch)) == {"alpha", "gamma"}


def test_a_wheel_that_wants_another_version_is_an_error(tmp_path):
    wheels = {"alpha": wheel(tmp_path, "alpha", "1.2", "gamma>=4")}
    with pytest.raises(LockError, match=r"has gamma 3\.0, but gamma>=4 is wanted"):
        runtime_closure(["alpha"], lock(), WINDOWS, lambda names: {n: wheels[n] for n in names})


def test_a_file_that_is_no_wheel_is_named(tmp_path):
    path = tmp_path / "a-1-py3-none-any.whl"
    path.write_bytes(b"no archive")
    with pytest.raises(LockError, match=r"a-1-py3-none-any\.whl is no wheel"):
        requirements_of(path)


def test_a_wheel_on_the_shelf_is_taken_only_with_a_hash_of_the_lock(tmp_path):
    good = wheel(tmp_path, "alpha", "1.2")
    other = wheel(tmp_path, "alpha", "1.2", tag="cp313-cp313-manylinux_2_28_x86_64")
    text = f"alpha==1.2 --hash=sha256:{sha256(good)} --hash=sha256:{sha256(other)}"
    shelf = WheelShelf(tmp_path, Lock(parse_lock(text), WINDOWS), "win_amd64", "3.13")
    assert shelf.fetch(["alpha"]) == {"alpha": good}
    assert shelf.on_shelf() == {"alpha": good}
    good.write_bytes(good.read_bytes() + b"more")
    assert shelf.on_shelf() == {}


def test_of_a_wheel_only_what_belongs_into_site_packages_is_unpacked(tmp_path):
    path = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for name in ("a/b.py", "a-1.data/purelib/c.py", "a-1.data/scripts/run", "a-1.data/data/x"):
            archive.writestr(name, name)
    written = unpack_wheel(path, tmp_path / "target")
    assert [str(name) for name in written] == ["c.py", "a/b.py"]
    assert (tmp_path / "target" / "c.py").read_text() == "a-1.data/purelib/c.py"


def test_a_wheel_with_a_path_that_leads_outside_is_refused(tmp_path):
    path = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr("a/../../out.py", "")
    with pytest.raises(LockError, match="leads outside"):
        unpack_wheel(path, tmp_path / "target")
    assert not (tmp_path / "out.py").exists()
