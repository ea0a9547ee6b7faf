from pathlib import Path

from spark_desktop.adapters.file_attributes import Attributes, attributes_of, give


def test_attributes_come_back_from_json() -> None:
    some = Attributes(0o4755, 1, 2, (("user.a", b"\x00\xff"), ("user.b", b"")))
    assert Attributes.from_json(some.to_json()) == some


def test_what_is_given_to_a_file_is_found_again(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.touch(mode=0o751)
    one.chmod(0o751)
    other.touch()
    give(attributes_of(one), other)
    assert attributes_of(other) == attributes_of(one)
