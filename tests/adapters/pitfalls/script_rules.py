"""What a rule of JavaScript and TypeScript makes of a text."""

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls.code import Code
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


def changes(rule, text, path="a.ts"):
    parsed = Parsing().parse(path, text)
    code = Code(parsed.root, text, Span(0, len(split_lines(text))))
    return list(rule(code))


def offered(rule, text, path="a.ts"):
    return [change.applied(text) for change in changes(rule, text, path)]


def exchanged(text, pairs):
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text
