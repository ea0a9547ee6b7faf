"""What looks like a secret, by its name and by its text, and what only seems to."""

import base64
import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.secret_files import secret_in_file, secret_name, shareable
from spark_desktop.domain.secret_text import secret_in

_DRAWN = random.Random(7)
LETTERS = string.ascii_letters + string.digits


def drawn(count: int, characters: str = LETTERS) -> str:
    return "".join(_DRAWN.choice(characters) for _ in range(count))


PEM = base64.b64encode(_DRAWN.randbytes(300)).decode()
BEGIN = "-----BEGIN "


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".env",
            "a/.env.local",
            "prod.env",
            "server.pem",
            "SERVER.KEY",
            "a.p12",
            "a.pfx",
            "a.jks",
        ),
        *("release.keystore", "id_rsa", "deploy_rsa", "id_ed25519.bak", ".netrc", ".npmrc"),
        *(".pypirc", "credentials", "credentials.json", "config/secrets.yml", "secrets.prod.yml"),
        *("kubeconfig", "terraform.tfstate", "x.tfstate.backup", "home/.aws/credentials"),
        *("home/.kube/config", ".docker/config.json", ".ssh/config", "client_secret_1.json"),
    ],
)
def test_these_names_are_those_of_secrets(path: str) -> None:
    assert secret_name(path)


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".env.example",
            ".env.sample",
            ".env.template",
            ".envrc.dist",
            "credentials.json.example",
        ),
        *("credentials.py", "secrets.py", "secrets.go", "id_rsa.pub", "environment.py", "key.py"),
        *(
            ".docker/php/Dockerfile",
            "app/.kube/values.yml",
            "keys/a.py",
            "tokens.ts",
            "docs/secrets.md",
            "package-lock.json",
            "credentials_test/a.c",
        ),
    ],
)
def test_these_names_only_seem_to_be(path: str) -> None:
    assert secret_name(path) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"x\n{BEGIN}RSA PRIVATE KEY-----\n{PEM}", "a private key in line 2"),
        (
            f"{BEGIN}RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,B\n\n{PEM}",
            "private key",
        ),
        (f'{{"private_key": "{BEGIN}PRIVATE KEY-----\\n{PEM}"}}', "private key"),
        (f"id = AKIA{drawn(16, 'ABCDEFGHJKLMNPQRSTUVWXYZ234567')}", "a key of AWS"),
        (f"ghp_{drawn(36)}", "a token of GitHub"),
        (f"github_pat_{drawn(82)}", "a token of GitHub"),
        (f"x = 'sk-{drawn(48)}'", "model's vendor"),
        (f"sk-ant-api03-{drawn(90)}", "model's vendor"),
        (f"csk-{drawn(48, string.ascii_lowercase + string.digits)}", "model's vendor"),
        (f"gsk_{drawn(52)}", "model's vendor"),
        (f"hf_{drawn(34)}", "model's vendor"),
        (f"AIza{drawn(35)}", "a key of Google"),
        (f"xoxb-{drawn(12, string.digits)}-{drawn(24)}", "a token of Slack"),
        (f"glpat-{drawn(20)}", "a token of GitLab"),
        (f"sk_live_{drawn(24)}", "a key of Stripe"),
        (f"npm_{drawn(36)}", "a package registry"),
        (f"eyJ{drawn(30)}.eyJ{drawn(60)}.{drawn(43)}", "a signed token"),
        (f"postgres://app:{drawn(20)}@db:5432/x", "an address with a password"),
        (f"ok = 1\nDB_PASSWORD={drawn(24)}", "a value of DB_PASSWORD in line 2"),
        (f"  client_secret: {drawn(24)}", "client_secret"),
        (f"DB_PASSWORD=7{drawn(24)} # of May", "a value of DB_PASSWORD"),
        (f"  password: 7{drawn(24)}  # of May", "a value of password"),
        (f"password=7{drawn(24)}; next", "a value of password"),
        (f"password=7{drawn(24)} // of May", "a value of password"),
        (f'{{"Authorization": "Bearer 7{drawn(32)}"}}', "credentials of a request"),
        (f"curl -H 'authorization: basic 7{drawn(30)}=='", "credentials of a request"),
        (f"API_KEY = '{drawn(32)}'", "API_KEY"),
        (f'"accessToken": "{drawn(40)}"', "accessToken"),
        (f"SECRET = '{drawn(40, string.hexdigits[:16])}'", "SECRET"),
        (f"\u0130\u0130 = 1\ntoken = '{drawn(32)}'", "token in line 2"),
    ],
)
def test_keys_are_told_by_their_shape_and_by_what_they_are_called(text: str, what: str) -> None:
    found = secret_in(text)
    assert found is not None
    assert what in found
    # What is told holds no part of it.
    assert not any(text[n : n + 16] in found for n in range(len(text) - 16))


@pytest.mark.parametrize(
    "text",
    [
        "password = get_password()",
        "token = self._tokens[name]",
        "API_KEY = 'your-api-key-goes-here-1'",
        "api_key: ${OPENAI_API_KEY}",
        "password = 'correct horse battery staple 1'",
        "secret_name = 'projects/one/secrets/two3'",
        "token_url = 'https://login.host.net/oauth2/v1/token'",
        "AWS = 'AKIAIOSFODNN7EXAMPLE'",
        "sk-estimator-doc-link-hovered-2",
        "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        f"{BEGIN}PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----",
        f"{BEGIN}CERTIFICATE-----\n{PEM}",
        f"--hash=sha256:{drawn(64, string.hexdigits[:16])}",
        "token: tokenization_of_long_texts_2",
        "http://user:password@proxy:3128",
        "# basic tests/e2e/test_real_model2_and_others",
        "Bearer your-token-goes-here-12345",
        "the token token-of-the-page-2-and-more",
    ],
)
def test_what_only_talks_of_secrets_is_none(text: str) -> None:
    assert secret_in(text) is None


def test_without_quotes_a_value_in_a_program_is_a_name() -> None:
    text = f"token = {drawn(24)}\n"
    assert secret_in_file("a.yml", text) is not None
    assert secret_in_file("a.py", text) is None


@pytest.mark.parametrize("mark", ["# pragma: allowlist secret", "// gitleaks:allow"])
def test_a_line_that_scanners_are_told_to_pass_over_is_passed_over(mark: str) -> None:
    line = f"API_KEY = '{drawn(32)}'"
    assert secret_in(f"{line}  {mark}") is None
    assert secret_in(f"{line}  {mark}\n{line}") is not None


def test_nothing_in_our_own_sources_looks_like_a_secret() -> None:
    root = Path(__file__).parents[2]
    for folder in ("spark_desktop", "inference_core", "tests", "docs", "resources", "packaging"):
        for path in (root / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".toml", ".json", ".txt", ".yml", ".qss"):
                text = path.read_text(encoding="utf-8", errors="replace")
                assert secret_in_file(path.as_posix(), text) is None, path


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    secret_in(text)
    shareable(text)


# Diffs.

KEY = f"API_KEY = '{drawn(32)}'"


def part(path: str, *lines: str, head: bool = True) -> str:
    first = f"diff --git a/{path} b/{path}\n" if head else ""
    return f"{first}--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n" + "".join(f"{x}\n" for x in lines)


@pytest.mark.parametrize("head", [True, False])
def test_parts_of_a_diff_are_left_out_by_name_and_by_content_also_before(head: bool) -> None:
    kept = part("a.py", "-A = 1", "+A = 2", head=head)
    told = shareable(
        kept
        + part("config/.env", "+X = 1", head=head)
        + part("b.py", f"-{KEY}", "+import os", head=head)
        + part("c.py", f"+{KEY}", head=head)
    )
    assert told.text == kept
    assert told.left_out == ("config/.env", "b.py", "c.py")


def test_a_secret_file_without_lines_is_left_out_of_a_diff_too() -> None:
    told = shareable("diff --git a/.env b/.env\nold mode 100644\nnew mode 100755\n")
    assert (told.text, told.left_out) == ("", (".env",))


def test_a_secret_that_is_moved_to_another_name_is_left_out_of_a_diff() -> None:
    moved = part("a.txt", "+A").replace("--- a/a.txt", "--- a/.env")
    assert shareable(moved).left_out == ("a.txt",)
