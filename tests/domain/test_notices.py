"""What the licence of a package is, and which of its files are its text."""

import pytest

from spark_desktop.domain.notices import expression, holds_licence

MIT = "License :: OSI Approved :: MIT License"
APACHE = "License :: OSI Approved :: Apache Software License"
BSD = "License :: OSI Approved :: BSD License"


@pytest.mark.parametrize(
    ("told", "word", "classifiers", "expected"),
    [
        ("MIT OR Apache-2.0", "something else", (BSD,), "MIT OR Apache-2.0"),
        ("", "BSD-3-Clause", (), "BSD-3-Clause"),
        ("", "MPL-2.0 AND MIT", (MIT,), "MPL-2.0 AND MIT"),
        ("", "GPLv2 with linking exception", (), ""),
        ("", "Permission is hereby granted, " * 9, (MIT,), "MIT"),
        ("", "", (MIT, APACHE), "Apache-2.0 AND MIT"),
        # There are several.
        ("", "", (BSD,), ""),
        ("", "", (), ""),
    ],
)
def test_a_licence_is_told_in_one_of_three_places(
    told: str, word: str, classifiers: tuple[str, ...], expected: str
) -> None:
    assert expression(told, word, classifiers) == expected


@pytest.mark.parametrize(
    "path",
    [
        "a-1.dist-info/licenses/whatever.md",
        "a-1.dist-info/LICENSE",
        "a-1.dist-info/COPYING.txt",
        "a/_vendor/b/LICENCE",
        "a-1.dist-info/NOTICE",
    ],
)
def test_texts_of_licences_are_known_by_name_or_folder(path: str) -> None:
    assert holds_licence(path)


@pytest.mark.parametrize(
    "path",
    ["a/licenses.py", "a/__pycache__/license.pyc", "a-1.dist-info/METADATA", "a/copying.so"],
)
def test_code_and_metadata_are_no_texts_of_licences(path: str) -> None:
    assert not holds_licence(path)
