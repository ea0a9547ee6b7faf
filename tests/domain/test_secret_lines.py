"""What goes into prompts of what programs write: lines with secrets are masked, others stay."""

import pytest

from spark_desktop.domain.secret_lines import without_secrets, words_without_secrets

AWS = "AKIA" + "Q3EGT6ZLMWXKPJ4B"
TOKEN = "ghp_" + "a8Kd93jLqPz0Xc7VbNm2Qw4Er6Ty1Ui5Op3A"
VALUE = "q7Zk2vXw9LpR" + "4tYbN8sD1fGh"
BODY = ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj" + "AgEAAoIBAQC7VJTU\n") * 3
HIDDEN = "(Not shown: it may hold secrets.)"
LABEL = "PRIVATE " + "KEY-----"
KEY = f"-----BEGIN {LABEL}\n{BODY}Ab12\n-----END {LABEL}"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("assert 1 == 2\n", "assert 1 == 2\n"),
        # What stands beside a key may be one, too.
        (f'a\n    login("{AWS}", "other")\nb\n', f"a\n    {HIDDEN}\nb\n"),
        # The marks of pytest stay, by which the line that failed is found.
        (f'>       login("{TOKEN}")\nE   bad', f">       {HIDDEN}\nE   bad"),
        (f"E   API_KEY={VALUE}\nE   bad", f"E   {HIDDEN}\nE   bad"),
        (f"client: token={VALUE} retry=3\nb", f"{HIDDEN}\nb"),
        (f"  Client(token={VALUE}, url=x)\nb", f"  {HIDDEN}\nb"),
        (f"E   {{'Authorization': 'Bearer {VALUE}'}}\nb", f"E   {HIDDEN}\nb"),
        ("token=tokenize(text, end=2) x", "token=tokenize(text, end=2) x"),
        (f"-API_KEY={VALUE}\n+ b\n+API_KEY={VALUE}", f"{HIDDEN}\n+ b\n{HIDDEN}"),
        (f"token = '{VALUE}'\nkey = '{AWS}'\nb", f"{HIDDEN}\nb"),
        (f"a\n{KEY}\nb", f"a\n{HIDDEN}\nb"),
        # A key whose begin, or end, was cut off.
        (f"…\n{KEY.partition(chr(10))[2]}\nb", f"…\n{HIDDEN}\nb"),
        (f"a\n{KEY.rpartition(chr(10))[0]}\n…", f"a\n{HIDDEN}\n…"),
        (f'a.endswith("-----END {LABEL}")', f'a.endswith("-----END {LABEL}")'),
    ],
)
def test_lines_that_may_hold_a_secret_are_replaced(written, shown):
    assert without_secrets(written) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("pytest -q tests/test_a.py -k token", "pytest -q tests/test_a.py -k token"),
        (f"python deploy.py --token {TOKEN}", "python deploy.py --token ***"),
        (f"python deploy.py --key={TOKEN} -v", "python deploy.py --key=*** -v"),
        ("deploy --db-password hunter2 -v", "deploy --db-password *** -v"),
        ("deploy --api-key=short", "deploy --api-key=***"),
        ("env PGPASSWORD=hunter2 psql", "env PGPASSWORD=*** psql"),
        (f"curl https://me:{VALUE}@example.org/", "curl ***"),
        ("train --tokenizer fast --token -v", "train --tokenizer fast --token -v"),
    ],
)
def test_words_of_a_command_that_are_secrets_are_masked(words, shown):
    assert " ".join(words_without_secrets(words.split())) == shown
