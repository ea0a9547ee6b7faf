import pytest

from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    NotTextError,
    OutsideWorkspaceError,
    SecretFileError,
)
from spark_desktop.domain.patch import compute
from spark_desktop.domain.refusal_prompts import told_to_model
from spark_desktop.domain.refusals import (
    RefusalReason,
    Refused,
    refusal_of_size,
    refusal_of_text,
    refused_by,
)
from spark_desktop.domain.words import Said


def refused(before: str, after: str, path: str = "f.py", wish: str = "") -> RefusalReason | None:
    hunks = compute(path, "", before, after).hunks
    found = refusal_of_text(path, before, after, hunks, wish)
    return found and found.reason


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_every_reason_has_a_sentence_for_the_user_and_one_for_the_model(
    reason: RefusalReason,
) -> None:
    assert isinstance(reason.value, Said)
    assert reason.value.endswith(".")
    one = Refused(reason, "src/f.py", "Why\nso.")
    assert one.told == f"src/f.py: {reason.value} Why\nso."
    told = told_to_model(one)
    assert told.startswith("src/f.py: ")
    assert told.endswith(" Why so.")
    assert len(told) < 130


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SecretFileError("s"), RefusalReason.SECRET),
        (NotTextError("s"), RefusalReason.BINARY),
        (FileTooLargeError("s"), RefusalReason.TOO_LARGE),
        (OutsideWorkspaceError("s"), RefusalReason.OUTSIDE),
        (FileError("s"), RefusalReason.UNREADABLE),
    ],
)
def test_an_error_of_the_file_store_is_a_refusal(error: FileError, reason: RefusalReason) -> None:
    assert refused_by(error, "f.py") == Refused(reason, "f.py", "s")


BODY = "".join(f"line {number}\n" for number in range(8))


@pytest.mark.parametrize(
    ("before", "after", "path", "reason"),
    [
        (BODY, BODY + "# ... the rest\n", "f.py", RefusalReason.PLACEHOLDER),
        (BODY, BODY + "// existing code here\n", "f.ts", RefusalReason.PLACEHOLDER),
        (BODY, BODY + "...\n", "f.py", RefusalReason.PLACEHOLDER),
        ("def f():\n    return 1\n", "def f():\n    ...\n", "f.py", RefusalReason.PLACEHOLDER),
        (BODY, BODY + "def f():\n    ...\n", "f.pyi", None),
        (BODY, BODY + 'def f():\n    """It."""\n    ...\n', "f.py", None),
        (BODY, BODY + "f() {\n...\n", "f.ts", RefusalReason.PLACEHOLDER),
        ("...\n" + BODY, BODY + "...\n", "f.txt", None),
        (BODY, BODY + "<think>\n", "f.py", RefusalReason.REASONING),
        (BODY, BODY + "</THINKING>\n", "f.py", RefusalReason.REASONING),
        ("<think>\n" + BODY, BODY + "<think>\n", "f.py", None),
        (BODY, "line 1\nline 2\nline 3\n", "f.py", RefusalReason.SHRUNK),
        (BODY, "line 1\nline 2\nline 3\nline 4\n", "f.py", None),
        ("a\nb\nc\nd\ne\n", "a\n", "f.py", None),
        ("", BODY, "f.py", None),
        (BODY, BODY + "a\x1cb\n", "f.py", RefusalReason.BINARY),
        (BODY, BODY + "a\x0cb\n", "f.py", None),
    ],
)
def test_bad_text_is_refused(
    before: str, after: str, path: str, reason: RefusalReason | None
) -> None:
    assert refused(before, after, path) is reason


def test_less_code_that_was_asked_for_is_no_fault() -> None:
    assert refused(BODY, "line 1\n", wish="Remove everything but line 1") is None


def test_a_file_over_the_limit_is_refused_with_both_numbers() -> None:
    found = refusal_of_size("f.py", 2000, 1000)
    assert found is not None
    assert found.detail == "It has 2,000 bytes, the limit is 1,000."
    assert refusal_of_size("f.py", 1000, 1000) is None
