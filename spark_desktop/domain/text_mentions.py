"""Texts that name something by which code finds it. Pure."""

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.target_names import Target


def is_field_key(one: Occurrence, file: FileNames, target: Target) -> bool:
    """Return whether a text is the name of a field and no more: ``Pick<Shape, "width">``."""
    before, after = file.content[one.start - 1 : one.start], file.content[one.end : one.end + 1]
    is_script = file.language in ("javascript", "typescript", "tsx")
    is_field = bool(target.container) and target.kind == "constant"
    return is_script and is_field and before == after and before in ("'", '"', "`")


def is_formatted(one: Occurrence, file: FileNames) -> bool:
    """Return whether a macro of Rust may put the value in the place of its name in a text."""
    before, after = file.content[one.start - 1], file.content[one.end : one.end + 1]
    return file.language == "rust" and before == "{" and after in ("}", ":")
