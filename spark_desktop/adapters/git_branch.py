"""Which branch a folder has checked out, read without starting git."""

from pathlib import Path

_HEAD, _GITDIR = "ref: refs/heads/", "gitdir: "
# Bytes; a name of a branch or of a folder is far less.
_MOST = 4096


def branch_of(root: Path) -> str:
    """Return the branch, or the commit's first eight letters; empty where that cannot be told."""
    git = root / ".git"
    if git.is_file():
        # In a worktree and in a submodule a file says where that folder is.
        git = root / _line(git).removeprefix(_GITDIR)
    head = _line(git / "HEAD")
    return head.removeprefix(_HEAD) if head.startswith(_HEAD) else head[:8]


def _line(file: Path) -> str:
    try:
        # Whatever lies there, such as a pipe, must not hold up the opening of a folder.
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            lines = stream.read(_MOST).decode("utf-8", "replace").splitlines()
    except (OSError, ValueError):
        return ""
    return lines[0].strip() if lines else ""
