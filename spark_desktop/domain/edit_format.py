"""Reads a model's answer that is one whole region, while it streams."""

from spark_desktop.domain.regex import regex

_OPENING = regex(r"(?:.*\s)?(`{3,}|~{3,})[ \t]*[\w+#./-]*[ \t]*")
_FENCE = regex(r"\s*(`{3,}|~{3,})")
# A fence with a language closes nothing: what stood open before was not closed.
_WITH_LANGUAGE = regex(r"\s*(`{3,}|~{3,})[ \t]*[\w+#]+[ \t]*")
# "/// ```" stands in the documentation of Rust, " * ```" in that of JavaScript.
_COMMENT = regex(r"/{2,}!?|/?\*{1,2}!?|#+'?|;+|--+|%+|>")
_THINK, _UNTHINK = "<think>", "</think>"
# An answer whose first lines are not the region's and that opens no fence soon is taken as code.
_PROSE_LINES = 4


class RegionReader:
    """Takes the pieces of an answer; gives the region, with line feeds and ``original``'s indent.

    What a Markdown fence encloses is the region, and everything where there is no fence; of several
    the first that says much of what stood there, since small models repeat other code that they
    were shown. Reasoning in ``<think>`` tags is dropped, unless ``original`` itself holds such
    tags.
    """

    def __init__(self, original: str) -> None:
        self._original = _with_line_feeds(original)
        self._keeps_tags = _THINK in self._original or _UNTHINK in self._original
        self._known = {line.strip() for line in self._original.split("\n")} - {""}
        self._nests = any(_FENCE.match(line) for line in self._original.split("\n"))
        self._answer = ""
        self._has_reasoning = False

    @property
    def has_reasoning(self) -> bool:
        """Return whether reasoning is open, or was found inside the region."""
        return self._has_reasoning

    def feed(self, piece: str) -> str:
        """Take a piece and return the region so far, without what may yet become a fence or tag."""
        self._answer += piece
        return self._region(ended=False)

    def finish(self) -> str:
        """Return the whole region; blank lines at its ends are those of ``original``."""
        region = self._region(ended=True)
        trailing = self._original[len(self._original.rstrip()) :].lstrip(" \t")
        if not region or self._known:
            return region and region + trailing
        return f"{region}\n"

    def _region(self, ended: bool) -> str:
        answer = _with_line_feeds(self._answer)
        if not self._keeps_tags:
            answer = self._without_reasoning(answer, ended)
        lines = answer.split("\n")
        if not ended and _may_be_fence(lines[-1]):
            lines.pop()
        region = _reindented(_trimmed(self._unfenced(lines, ended)), self._original)
        return self._leading() + "\n".join(region) if region else ""

    def _leading(self) -> str:
        blank = self._original[: len(self._original) - len(self._original.lstrip())]
        return blank[: blank.rfind("\n") + 1] if self._known else ""

    def _without_reasoning(self, answer: str, ended: bool) -> str:
        self._has_reasoning = False
        while (start := answer.find(_THINK)) >= 0:
            inside = _ends_in_fence(answer[:start])
            end = answer.find(_UNTHINK, start)
            self._has_reasoning |= inside or end < 0
            tail = "" if end < 0 else answer[end + len(_UNTHINK) :]
            answer = answer[:start] + (tail if inside else tail.lstrip("\n"))
        # Some chat templates open the reasoning in the prompt, so that only its end is seen.
        while (end := answer.find(_UNTHINK)) >= 0:
            inside = _ends_in_fence(answer[:end])
            self._has_reasoning |= inside
            tail = answer[end + len(_UNTHINK) :]
            answer = answer[:end] + tail if inside else tail.lstrip("\n")
        return answer if ended else _without_partial_tag(answer)

    def _unfenced(self, lines: list[str], ended: bool) -> list[str]:
        for number, line in enumerate(lines):
            opening = _OPENING.fullmatch(line)
            if opening and self._has_begun(lines[:number]):
                break
            if opening:
                return self._fenced(lines[number + 1 :], opening[1], ended)
        written = [line for line in lines if line.strip()]
        if self._has_begun(lines):
            # The prompt may have opened the fence; the answer then only closes it.
            return self._fenced(lines, "```", ended)
        return lines if ended or len(written) > _PROSE_LINES else []

    def _fenced(self, lines: list[str], fence: str, ended: bool) -> list[str]:
        if self._nests:
            # Fences of the region itself look the same, but come in pairs: an odd last one closes.
            fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
            if ended and len(fences) % 2 and _closes(lines[fences[-1]], fence):
                return lines[: fences[-1]]
            return lines
        blocks = _blocks(lines, fence)
        known = [self._known_in(block) for block in blocks]
        return next(
            block for block, count in zip(blocks, known, strict=True) if 2 * count >= max(known)
        )

    def _known_in(self, lines: list[str]) -> int:
        """Return how many lines the region has of these; brackets alone are no sign of it."""
        texts = {line.strip() for line in lines} & self._known
        return sum(any(one.isalnum() for one in text) for text in texts)

    def _has_begun(self, lines: list[str]) -> bool:
        """Return whether the first written line is the region's, not the model's talk."""
        first = next((line for line in lines if line.strip()), "")
        text = first.strip()
        begun = lines[-1:] == [first] and any(line.startswith(text) for line in self._known)
        return bool(text) and (first[0] in " \t" or text in self._known or begun)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _ends_in_fence(head: str) -> bool:
    fence = ""
    for line in head.split("\n"):
        opening = _OPENING.fullmatch(line)
        if fence and _closes(line, fence):
            fence = ""
        elif not fence and opening:
            fence = opening[1]
    return bool(fence)


def _closes(line: str, fence: str) -> bool:
    found = _FENCE.match(line)
    return found is not None and found[1].startswith(fence) and not line[found.end() :].strip()


def _blocks(lines: list[str], fence: str) -> list[list[str]]:
    """Return what each fence encloses; the first one, ``fence``, was opened before the lines."""
    found: list[list[str]] = [[]]
    is_open = True
    for line in lines:
        if is_open and _closes(line, fence):
            is_open = False
        elif is_open and _ends_with(line, fence):
            found[-1].append(line.rstrip().rstrip(fence[0]))
            is_open = False
        elif opening := (_WITH_LANGUAGE if is_open else _OPENING).fullmatch(line):
            fence, is_open = opening[1], True
            found.append([])
        elif is_open:
            found[-1].append(line)
    return found


def _ends_with(line: str, fence: str) -> bool:
    """Return whether the fence closes behind code; behind a comment's mark it is an example's."""
    text = line.rstrip()
    return text.endswith(fence) and not _COMMENT.fullmatch(text.rstrip(fence[0]).strip())


def _may_be_fence(partial: str) -> bool:
    text = partial.lstrip()
    return text[:1] in ("`", "~") and (text.startswith(("```", "~~~")) or not text.strip("`~"))


def _without_partial_tag(answer: str) -> str:
    start = answer.rfind("<")
    partial = answer[start:] if start >= 0 else ""
    if partial and any(tag.startswith(partial) for tag in (_THINK, _UNTHINK)):
        return answer[:start]
    return answer


def _trimmed(lines: list[str]) -> list[str]:
    written = [number for number, line in enumerate(lines) if line.strip()]
    return lines[written[0] : written[-1] + 1] if written else []


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _reindented(lines: list[str], original: str) -> list[str]:
    asked = [line for line in original.split("\n") if line.strip()]
    if not lines or not asked:
        return lines
    wanted, given = _indent(asked[0]), _indent(lines[0])
    if wanted == given:
        return lines
    if given.startswith(wanted):
        extra = len(given) - len(wanted)
        return [_without_indent(line, extra) for line in lines]
    if not wanted.startswith(given):
        return lines  # Tabs against spaces: no shift makes the two alike.
    missing = wanted[len(given) :]
    first, *rest = lines
    if _keeps_indent(rest, first, asked, wanted):
        return [missing + first, *rest]
    return [missing + line if line.strip() else line for line in lines]


def _without_indent(line: str, width: int) -> str:
    return line[min(width, len(_indent(line))) :]


def _keeps_indent(rest: list[str], first: str, asked: list[str], wanted: str) -> bool:
    """Return whether only the first line lost its indent, as a stripped answer's does."""
    depths = [len(_indent(line)) for line in rest if line.strip()]
    if not depths:
        return False
    expected = [len(_indent(line)) for line in asked[1:]]
    if expected:
        return min(depths) >= min(expected)
    # With one line to compare with, a block's body must be deeper than the line that opens it.
    return min(depths) >= len(wanted) + (1 if first.rstrip().endswith(":") else 0)
