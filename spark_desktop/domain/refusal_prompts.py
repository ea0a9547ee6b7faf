"""What a model is told of what was refused, for its second attempt."""

from spark_desktop.domain.refusals import RefusalReason, Refused

_TOLD = {
    RefusalReason.PLACEHOLDER: "You left code out. Write every line, without placeholders.",
    RefusalReason.REASONING: "You wrote your reasoning into the file. Write only its code.",
    RefusalReason.SHRUNK: (
        "You removed most of the file, which nobody asked for. Keep everything else as it is."
    ),
    RefusalReason.OUTSIDE: "Use a path relative to the project's folder, without '..'.",
    RefusalReason.BAD_NAME: "Use a plain relative path with forward slashes.",
    RefusalReason.VERSION_CONTROL: "Files of the version control may not be changed.",
    RefusalReason.SECRET: "This file may hold secrets and may not be changed.",
    RefusalReason.BINARY: "Only text files can be changed, and only text can be written.",
    RefusalReason.TOO_LARGE: "The file is too large to be changed.",
    RefusalReason.UNREADABLE: "The file cannot be read.",
    RefusalReason.LOOKALIKE: "Another file's name differs only in case. Use its exact name.",
    RefusalReason.MISSING: "There is no such file. Check the path, or write the whole new file.",
    RefusalReason.EXISTS: "A file with that name exists already. Choose another name.",
    RefusalReason.CONTRADICTION: "You asked for different things for one file. Decide on one.",
}


def told_to_model(refused: Refused) -> str:
    """Return in one short line, in English, what was wrong and what to do instead."""
    return " ".join(f"{refused.path}: {_TOLD[refused.reason]} {refused.detail}".split())
