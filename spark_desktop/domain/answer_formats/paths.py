"""Finds the path that a model wrote around a block: above it, in its fence, in a comment."""

import re

from spark_desktop.domain.regex import regex

_LONGEST = 300
_SEGMENT = r"[\w.@+~$()\[\]{}=,&%#!'-]+"
_PATH = regex(rf"(?:[A-Za-z]:)?[/\\]?{_SEGMENT}(?:[ ]{_SEGMENT}|[/\\]{_SEGMENT})*")
_EXTENSION = regex(r"\.[A-Za-z][A-Za-z0-9_]{0,11}$")
# Without a folder, a name is a path only with an ending that files have: `os.path` has none.
_ENDING_WORDS = (
    "adoc asm astro awk bash bat bib c cc cfg clj cljs cmake cmd conf cpp cs csproj css csv "
    "cu cxx dart diff dockerfile ejs el elm env erb erl ex exs f90 fish fs fsx gd gemspec "
    "glsl go gql gradle graphql groovy h haml hbs hcl hh hpp hrl hs htm html hxx in ini ipynb "
    "j2 java jinja jinja2 jl js json json5 jsonc jsonl jsx kt kts less lisp lock lua m mak md "
    "mdx ml mli mm mod nim nix patch php pl plist pm po pot properties proto ps1 psql pug "
    "purs py pyi pyx qml qrc qss r rake rb rkt rs rst sass sbt scala scm scss sh sln sql sql3 "
    "styl sum svelte svg swift tcl tex tf tfvars thrift toml ts tsv tsx txt ui v vb vhd vhdl "
    "vim vue wat xaml xhtml xml xsl yaml yml zig zsh"
)
_WHOLE_NAME_WORDS = (
    ".bashrc .clang-format .dockerignore .editorconfig .env .eslintrc .gitattributes "
    ".gitignore .gitmodules .npmrc .nvmrc .prettierrc .zshrc BUILD Brewfile CHANGELOG "
    "CMakeLists.txt CODEOWNERS Caddyfile Dockerfile GNUmakefile Gemfile Jenkinsfile Justfile "
    "LICENSE Makefile Pipfile Procfile README Rakefile Vagrantfile WORKSPACE justfile "
    "makefile"
)
_ENDINGS = frozenset(_ENDING_WORDS.split())
_WHOLE_NAMES = frozenset(_WHOLE_NAME_WORDS.split())
# What looks like a file and is a name: headings such as "Node.js" stand above many examples.
_PRODUCTS = regex(
    r"(?:node|next|vue|react|express|three|d3|nuxt|nest|backbone|ember|chart|moment|alpine|solid"
    r"|discord|p5|socket|require|underscore|preact|knockout|bun|deno|angular|mocha|electron|asp)"
    r"\.(?:js|ts|io|net)",
    re.IGNORECASE,
)
_NUMBERED = regex(
    r"(?:[-*+•]|\d{1,3}[.)]|#{1,6}|step[ \t]\d{1,3}[.:)])[ \t]+|[\u2190-\U0010ffff]+[ \t]+",
    re.IGNORECASE,
)
# No "update" or "edit": below such a request stands what is to be changed, not the whole file.
_VERBS = r"(?:new|(?:re)?written|updated|modified|changed|existing|created?|edited)"
_VERB = regex(rf"{_VERBS}[ \t]+(?:the[ \t]+)?", re.IGNORECASE)
_LABEL = regex(
    rf"(?:(?:{_VERBS}|in|the)[ \t]+)*(?:file(?:[ \t]?(?:name|path))?|path)[ \t]*"
    r"(?:[:=][ \t]*|[ \t]+)",
    re.IGNORECASE,
)
_BOLD_LABEL = regex(r"^\*\*([^*]{1,40}:)\*\*")
_TRAILER = regex(r"[ \t]*\((?:new|updated?|modified|changed|new file)\)$", re.IGNORECASE)
_QUOTES = (("**`", "`**"), ("`**", "**`"), ("**", "**"), ("__", "__"), ("``", "``"), ("`", "`"))
_MORE_QUOTES = (('"', '"'), ("'", "'"), ("*", "*"), ("<", ">"))
_LINK = regex(r"\[([^\]]+)\]\([^)]*\)")
_COMMENT = regex(
    r"[ \t]*(?:#|//|--|;|%|'|REM[ ]|rem[ ]|/\*|<!--|\{#|\(\*|\"\"\")[ \t]*(?P<path>\S(?:.*\S)?)"
)
_COMMENT_END = regex(r"[ \t]*(?:\*/|-->|#\}|\*\)|\"\"\")$")
_NAMED = regex(r"`([^`\s]+)`|\*\*([^*\s]+)\*\*")
_ATTRIBUTE = regex(
    r"""(?:^|[\s{,])(?:path|file|filename|file_path|filepath|title|name)\s*[=:]\s*"""
    r"""(?:"([^"]*)"|'([^']*)'|([^\s,}]+))""",
    re.IGNORECASE,
)
_CITATION = regex(r"\d+:\d+:\S")
_SHELLS = (
    "bash",
    "sh",
    "shell",
    "zsh",
    "console",
    "shell-session",
    "terminal",
    "powershell",
    "cmd",
)
_SHELL_ENDINGS = (".sh", ".bash", ".zsh", ".fish", ".awk", ".ps1", ".cmd", ".bat", ".env")
_MARKDOWN = (".md", ".mdx", ".markdown", ".rst", ".adoc", ".txt")


def looks_like_path(text: str, is_told: bool = False) -> bool:
    """Return whether the text is the path of a file, and not a word or a name with a dot.

    ``is_told``: the text is marked as a path, so that it needs no ending.
    """
    if not text or len(text) > _LONGEST or "://" in text or not _PATH.fullmatch(text):
        return False
    name = re.split(r"[/\\]", text)[-1]
    has_folder = name != text
    if name in _WHOLE_NAMES:
        return True
    if _PRODUCTS.fullmatch(text) or name.strip(".") == "":
        return False
    if is_told:
        return " " not in text and (has_folder or "." in name)
    ending = _EXTENSION.search(name)
    if ending is None or (" " in text and not has_folder):
        return False
    return has_folder or _is_known(name)


def path_line(line: str) -> str:
    """Return the path where the line holds nothing else, as a heading of a block does; else ""."""
    if len(line) > _LONGEST:
        return ""
    text = line.strip()
    while marked := _NUMBERED.match(text):
        text = text[marked.end() :]
    text = _BOLD_LABEL.sub(r"\1 ", text)
    text = _TRAILER.sub("", text.strip()).removesuffix(":").strip()
    # "**File: `a.py`**" has its label inside of the marks, "File: **a.py**" outside.
    for _ in range(2):
        text = _unquoted(text).removesuffix(":").strip()
        if labelled := _labelled(text):
            return labelled
    return text if looks_like_path(text) and " " not in text else ""


def named_path(line: str) -> str:
    """Return the one path that a sentence names in marks; "" where it names none or several."""
    if len(line) > 4 * _LONGEST:
        return ""
    named = {found[1] or found[2] for found in _NAMED.finditer(line)}
    paths = [text for text in named if looks_like_path(text)]
    return paths[0] if len(paths) == 1 else ""


def comment_path(line: str) -> str:
    """Return the path where the line is a comment that holds nothing else; else ""."""
    found = _COMMENT.fullmatch(line) if len(line) <= _LONGEST else None
    if found is None:
        return ""
    text = _TRAILER.sub("", _COMMENT_END.sub("", found["path"]).strip())
    if labelled := _labelled(text):
        return labelled
    # Code is commented on with code: "total/self.count" has a folder and an ending, too.
    is_file = _is_known(re.split(r"[/\\]", text)[-1]) and " " not in text
    return text if is_file and looks_like_path(text) else ""


def info_path(info: str) -> tuple[str, str]:
    """Return the language and the path of a fence's info string, each "" where it is not there.

    Lines of an existing file that are only cited (```` ```12:15:app.py ````) have no path here.
    """
    info = info.strip()
    if not info or _CITATION.match(info):
        return "", ""
    told = _ATTRIBUTE.search(info)
    words = info.split()
    language = "" if "=" in words[0] else words[0].strip("{}.,")
    if told:
        text = "".join(told.groups(default="")).strip()
        return language, text if looks_like_path(text) else ""
    head, colon, tail = words[0].partition(":")
    if colon and len(words) == 1 and looks_like_path(tail):
        return head, tail
    if len(words) > 1 and looks_like_path(words[1].strip("()`\"'")):
        return language, words[1].strip("()`\"'")
    # A word alone is a language: "Dockerfile" is one, too.
    if len(words) == 1 and re.search(r"[/\\]|[^.]\.", words[0]) and looks_like_path(words[0]):
        return "", words[0]
    return language, ""


def is_command(path: str, language: str) -> bool:
    """Return whether a fence of this language below the path holds commands, not the file."""
    name = re.split(r"[/\\]", path)[-1]
    if language.lower() not in _SHELLS or name.startswith("."):
        return False
    ending = _EXTENSION.search(name)
    return name in _WHOLE_NAMES or (ending is not None and ending[0].lower() not in _SHELL_ENDINGS)


def is_markdown(path: str, language: str = "") -> bool:
    """Return whether a file may itself hold fences and headings, by its path or language."""
    return path.lower().endswith(_MARKDOWN) or language.lower() in ("markdown", "md", "mdx", "rst")


def _labelled(text: str) -> str:
    """Return the path behind "File:", or behind a word such as "Updated"; "" where none is."""
    if label := _LABEL.match(text):
        path = _unquoted(text[label.end() :])
        return path if looks_like_path(path, is_told=True) else ""
    if verb := _VERB.match(text):
        path = _unquoted(text[verb.end() :])
        return path if looks_like_path(path) and " " not in path else ""
    return ""


def _is_known(name: str) -> bool:
    ending = _EXTENSION.search(name)
    return name in _WHOLE_NAMES or (ending is not None and ending[0][1:].lower() in _ENDINGS)


def _unquoted(text: str) -> str:
    text = text.strip()
    if link := _LINK.fullmatch(text):
        text = link[1]
    for opening, closing in (*_QUOTES, *_MORE_QUOTES):
        if len(text) > len(opening) + len(closing) and text.startswith(opening):
            inner = text[len(opening) :].rstrip(":").rstrip()
            if inner.endswith(closing):
                return inner[: -len(closing)].strip()
    return text
