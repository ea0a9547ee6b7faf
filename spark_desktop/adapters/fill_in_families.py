"""The tokens by which families of models are asked to fill in: data, and one way to lay it out."""

from dataclasses import dataclass

from spark_desktop.domain.completion import InfillRequest


@dataclass(frozen=True, slots=True)
class Family:
    """How one family of models wants a gap told.

    ``shape`` holds {before} and {after}, the texts around the gap; ``file`` lays out another file
    by its {name} and {text}, "" where the family has no form for files; ``head`` comes before the
    files and ``tail`` behind them. ``files_inside`` puts the files behind the token that begins the
    prefix. ``stops`` end an answer, ``marks`` are the tokens that must not stand in the user's text
    as tokens.
    """

    names: tuple[str, ...]
    shape: str
    stops: tuple[str, ...]
    file: str = ""
    head: str = ""
    tail: str = ""
    files_inside: bool = False
    marks: tuple[str, ...] = ()


_QWEN_MARKS = (
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|fim_pad|>",
    "<|file_sep|>",
    "<|repo_name|>",
    "<|endoftext|>",
)
_STARCODER_MARKS = (
    "<fim_prefix>",
    "<fim_suffix>",
    "<fim_middle>",
    "<fim_pad>",
    "<file_sep>",
    "<repo_name>",
    "<|endoftext|>",
)
_DEEPSEEK_MARKS = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", "<｜end▁of▁sentence｜>")  # noqa: RUF001
_GEMMA_MARKS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_separator|>", "<eos>")

# The first whose name is in the model's id counts.
FAMILIES = (
    # The model card of Qwen2.5-Coder, "File-level" and "Repository-level code completion"; its last
    # file has no name here, as with llama-server. Qwen3-Coder has the same tokens.
    Family(
        ("qwen2.5-coder", "qwen3-coder", "qwen2.5.1-coder", "qwen-coder"),
        "<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>",
        ("<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>"),
        file="<|file_sep|>{name}\n{text}\n",
        head="<|repo_name|>project\n",
        tail="<|file_sep|>file\n",
        marks=_QWEN_MARKS,
    ),
    # "Code Llama: Open Foundation Models for Code", section 2.3; it was trained on single files.
    Family(
        ("codellama", "code-llama"),
        "<PRE> {before} <SUF>{after} <MID>",
        ("<EOT>",),
        marks=("<PRE>", "<SUF>", "<MID>", "<EOT>"),
    ),
    # "StarCoder 2 and The Stack v2", section 5: files behind one another, the gap in the last.
    Family(
        ("starcoder", "stable-code"),
        "<fim_prefix>{before}<fim_suffix>{after}<fim_middle>",
        ("<|endoftext|>", "<file_sep>", "<repo_name>"),
        file="<file_sep>{name}\n{text}\n",
        head="<repo_name>project",
        tail="<file_sep>",
        marks=_STARCODER_MARKS,
    ),
    # The model card of DeepSeek-Coder: other files by a comment with their name, as plain text.
    Family(
        ("deepseek-coder", "deepseek-v2"),
        "<｜fim▁begin｜>{before}<｜fim▁hole｜>{after}<｜fim▁end｜>",  # noqa: RUF001
        ("<｜end▁of▁sentence｜>", "<|EOT|>"),  # noqa: RUF001
        file="#{name}\n{text}\n\n",
        files_inside=True,
        marks=_DEEPSEEK_MARKS,
    ),
    # Mistral's tokenizer "mistral-common" for FIM: the suffix first; files by +++++.
    Family(
        ("codestral",),
        "[SUFFIX]{after}[PREFIX]{before}",
        ("[PREFIX]", "[SUFFIX]", "</s>", "+++++ "),
        file="+++++ {name}\n{text}\n",
        tail="+++++ file\n",
        files_inside=True,
        marks=("[PREFIX]", "[SUFFIX]", "[MIDDLE]", "</s>"),
    ),
    # The model card of CodeGemma, "Fill-in-the-middle".
    Family(
        ("codegemma",),
        "<|fim_prefix|>{before}<|fim_suffix|>{after}<|fim_middle|>",
        ("<|file_separator|>", "<|fim_prefix|>", "<|fim_suffix|>", "<eos>"),
        file="{name}\n{text}<|file_separator|>",
        marks=_GEMMA_MARKS,
    ),
)


def family_of(model_id: str) -> Family | None:
    """Return the family of a model by its id, of whatever vendor; None for an unknown one."""
    name = model_id.lower().replace("_", "-").replace(" ", "-")
    return next((one for one in FAMILIES if any(part in name for part in one.names)), None)


def laid_out(request: InfillRequest, family: Family) -> str:
    """Return the prompt with the family's tokens.

    Other files are laid out in the family's own form, and left out where it has none. A token that
    stands in the user's own text is taken apart by a blank, as it would end or turn the prompt.
    """
    files = "".join(
        family.file.format(name=_plain(name, family), text=_plain(text, family))
        for name, text in request.extra
        if family.file
    )
    lead = f"{family.head}{files}{family.tail}" if files else ""
    before = _plain(request.prefix, family)
    if family.files_inside:
        lead, before = "", lead + before
    # In pieces, as the texts may hold braces.
    shape = family.shape.replace("{before}", "\0").replace("{after}", "\1")
    told = {"\0": before, "\1": _plain(request.suffix, family)}
    return lead + "".join(told.get(one, one) for one in shape)


def files_before(request: InfillRequest, family: Family) -> str:
    """Return the prefix with other files in front, for routes that make the prompt themselves.

    Only families that read files as plain text inside the prefix have them; else it is the prefix.
    """
    if not family.files_inside or not request.extra:
        return request.prefix
    files = "".join(family.file.format(name=name, text=text) for name, text in request.extra)
    return f"{files}{family.tail}{request.prefix}"


def _plain(text: str, family: Family) -> str:
    for mark in family.marks:
        text = text.replace(mark, f"{mark[:1]} {mark[1:]}")
    return text
