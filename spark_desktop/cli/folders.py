"""Which folder a command works in.

The folder decides where applied changes are kept for undo. A folder that is named is taken as it
is, so that the command line and a window on the same folder share one history. Otherwise it is the
git work tree around the place, so that ``spark edit`` in a subfolder and ``spark undo`` in another
meet; outside of git it is the current folder, or that of a file that lies elsewhere.
"""

from pathlib import Path

from spark_desktop.cli.exit_codes import UsageError


def current_folder() -> Path:
    """Return the folder that the command was called in. Raises UsageError where it is gone."""
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(
            f"There is no current folder: {error.strerror}.", "Change to a folder that is there."
        ) from error


def named_folder(name: str | None) -> Path:
    """Return the folder named on the command line, or the one around the current folder.

    Raises UsageError where that is no folder.
    """
    if name is None:
        return _work_tree(current_folder()) or current_folder()
    folder = _absolute(name).resolve()
    if not folder.is_dir():
        raise UsageError(f"{name} is not a folder.", "Name the folder of your project.")
    return folder


def is_folder(name: str) -> bool:
    """Return whether a folder goes by this name, from the current folder."""
    return bool(name) and Path(name).is_dir()


def folder_of(file: Path) -> Path:
    """Return the folder to work in for a file (an absolute path)."""
    tree = _work_tree(file.parent)
    if tree is not None:
        return tree
    return current_folder() if file.is_relative_to(current_folder()) else file.parent


def existing_file(name: str) -> Path:
    """Return the absolute path of a file named on the command line; raises UsageError."""
    file = _absolute(name)
    # Not resolved as a whole: the last part may be a link inside the folder to a file elsewhere.
    file = file.parent.resolve() / file.name
    if not file.is_file():
        raise UsageError(f"{name} is not a file.", "Check its name and the current folder.")
    return file


def path_in(root: Path, file: Path) -> str:
    """Return the file's path relative to the root, with forward slashes; raises UsageError."""
    if not file.is_relative_to(root):
        raise UsageError(
            f"{file} lies outside of {root}.", "Run the command in the folder that holds the file."
        )
    return file.relative_to(root).as_posix()


def _absolute(name: str) -> Path:
    path = Path(name)
    return path if path.is_absolute() else current_folder() / path


def _work_tree(place: Path) -> Path | None:
    # A file named .git marks the work tree of a submodule or an added worktree.
    return next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), None)
