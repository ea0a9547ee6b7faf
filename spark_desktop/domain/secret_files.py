"""Files that look like secrets by their names, and diffs without what looks like one."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_text import secret_in
from spark_desktop.domain.words import Said

_NAMES = (
    *("*.env", ".env.*", ".envrc", "*.ppk", "*.pem", "*.key", "*.p12", "*.pfx", "*.keystore"),
    *("*.jks", "*.jceks", "*.bks", "*.kdbx", "*.keytab", "*.agekey", "*.ovpn"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*_rsa", "*_ed25519"),
    *("secrets.yml", "secrets.yaml", "secrets.toml", "secrets.json", "secrets.*.yml"),
    *("secrets.*.yaml", "secrets.*.toml", "secrets.*.json", "credentials", "credentials.*"),
    *("client_secret*.json", "service-account*.json", "service_account*.json"),
    *(".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd", ".npmrc", ".pypirc", ".boto"),
    *(".s3cfg", ".git-credentials", ".dockercfg", ".vault-token", ".terraformrc"),
    *("kubeconfig", "*.kubeconfig", "*.tfstate", "*.tfstate.*"),
)
_FOLDERS = frozenset({".ssh", ".aws", ".gnupg"})
# Names that mean something else in another folder.
_PATHS = (".kube/config", ".docker/config.json", ".config/gh/hosts.yml")
# Their names say that the values are still to be filled in.
_PATTERNS_OF_SECRETS = (".example", ".sample", ".template", ".dist", ".tmpl")
# credentials.py is a program; keys in its text are found there.
_CODE = (
    *(".py", ".js", ".mjs", ".ts", ".tsx", ".jsx", ".go", ".rs", ".java", ".kt", ".rb", ".php"),
    *(".c", ".h", ".cc", ".cpp", ".hpp", ".cs", ".swift", ".md", ".rst", ".pub"),
)
# Where a file's part begins, in git's diff and in ours.
_GITS = regex(r"^(?=diff --git )", re.MULTILINE)
_OURS = regex(r"^(?=--- a/)", re.MULTILINE)
_FILES = regex(r'^(?:---|\+\+\+) "?[abciw]/(?P<path>[^\n"]+?)"?\t?$', re.MULTILINE)


def secret_name(path: str) -> str:
    """Return the pattern by which the path, or a folder above it, may hold secrets, else ""."""
    *folders, name = path.split("/")
    found = (secret_folder(folder) for folder in folders)
    ends = (one for one in _PATHS if f"/{path.casefold()}".endswith(f"/{one}"))
    return next(filter(None, found), "") or next(ends, "") or _pattern(name.casefold())


def secret_folder(name: str) -> str:
    """Return the folder's name where all that is in it may be secret, else ""."""
    folded = name.casefold()
    return folded if folded in _FOLDERS else ""


def secret_in_file(path: str, text: str) -> Said | None:
    """Return what in a file's text looks like a secret; in a program only values in quotes count.

    Call it in an OS thread.
    """
    return secret_in(text, is_bare=not path.casefold().endswith(_CODE))


@dataclass(frozen=True, slots=True)
class Shareable:
    """A diff as it may be sent; ``left_out`` are the files whose parts were taken out."""

    text: str
    left_out: tuple[str, ...] = ()


def shareable(diff: str) -> Shareable:
    """Return a diff without the parts of files that look like secrets, before or after."""
    parts, left_out = [], []
    sections = _GITS if diff.startswith("diff --git ") else _OURS
    for section in sections.split(diff):
        paths = _paths_in(section)
        if section and (any(map(secret_name, paths)) or _secret_in(paths, section)):
            left_out.append(paths[-1] if paths else "?")
        else:
            parts.append(section)
    return Shareable("".join(parts), tuple(dict.fromkeys(left_out)))


def _pattern(folded: str) -> str:
    if folded.endswith((*_PATTERNS_OF_SECRETS, *_CODE)):
        return ""
    return next((pattern for pattern in _NAMES if fnmatchcase(folded, pattern)), "")


def _paths_in(section: str) -> list[str]:
    head = section.partition("\n@@")[0]
    found = [match["path"] for match in _FILES.finditer(head)]
    if not found and head.startswith("diff --git "):
        # A file without lines: renamed, its mode changed, or binary.
        found = [head.partition("\n")[0].rpartition(" b/")[2].strip('"')]
    return found


def _secret_in(paths: list[str], section: str) -> bool:
    return secret_in_file(paths[-1] if paths else "", _lines_in(section)) is not None


def _lines_in(section: str) -> str:
    """Return the lines before and after, without what marks them."""
    return "\n".join(line[1:] for line in section.split("\n") if line[:1] in ("+", "-", " "))
