"""Where a file of Python reads or makes a dictionary whose key has another name now. Pure.

A text that is equal may be anything: only where the name of what it is taken from tells that, or
where it comes from the function that makes it, it is meant for sure.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.followed import FileFollow, Left
from spark_desktop.domain.record_keys import KeyChange, words_of
from spark_desktop.domain.test_pairs import is_test
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.words import say

_PASSES = ("sorted", "reversed", "list", "tuple", "iter", "filter")
_BY_KEY = ("sorted", "max", "min", "map", "filter", "sort", "groupby")
_READS = ("get", "pop", "setdefault")
# They give what the program did not make, or made when it had the key before.
_OUTSIDE = frozenset(
    ["load", "loads", "safe_load", "DictReader", "json", "fetchone", "fetchall", "fetchmany"]
)
# So many keys alike are no chance in a test.
_TELLS = 3
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def makes_other(change: KeyChange, file: FileNames) -> bool:
    """Return whether a file makes other dictionaries with the key as it was, or may do so.

    What a test makes of the same keys alone is taken for what it tests.
    """
    tree = _parsed(file.content)
    tied = {id(node) for node in _Reader(change, tree, file.path).tied()}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and id(node) not in tied:
            keys = _keys(node.keys)
            is_tried = is_test(file.path) and keys <= change.all
            if change.old in keys and not is_tried:
                return True
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    made = (node for node in calls if _last(node.func) == "dict")
    return any(one.arg == change.old for node in made for one in node.keywords)


def key_follow(change: KeyChange, file: FileNames) -> FileFollow:
    """Return what a key asks of a file; where a text is equal that may be meant, it is left."""
    content = file.content
    if file.language != "python":
        return FileFollow(file.path)
    tree = _parsed(content)
    reader = _Reader(change, tree, file.path)
    sure = {id(node) for node in reader.sure()}
    # Where other dictionaries have the key as well, it is told what is most likely one of these.
    others = sure if change.is_shared else {id(node) for node in reader.possible()} - sure
    return _Writer(change, file, sure - others, others).result(tree)


class _Reader:
    """Finds the keys of dictionaries that are of the changed kind."""

    def __init__(self, change: KeyChange, tree: ast.AST, path: str) -> None:
        self._change = change
        self._is_test = is_test(path)
        self._tree = tree
        # What is read by a key that no such dictionary has, in the scope that is looked at.
        self._foreign: frozenset[str] = frozenset()

    def sure(self) -> Iterator[ast.expr]:
        """Yield the nodes of texts that are surely the key."""
        for made in self.tied():
            yield from (key for key in made.keys if key is not None)
        for scope, named in self._scopes():
            for node in _own(scope):
                of, key = _read(node)
                if of is not None and key is not None and self._is_one(of, named):
                    yield key
                elif isinstance(node, ast.Call):
                    yield from self._by_key(node, named)
                elif isinstance(node, ast.Match) and self._is_one(node.subject, named):
                    yield from _cases(node)

    def tied(self) -> Iterator[ast.Dict]:
        """Yield the dictionaries that are made here and surely of the changed kind."""
        for node in ast.walk(self._tree) if self._is_test else ():
            is_whole = isinstance(node, ast.Dict) and _keys(node.keys) == self._change.all
            if isinstance(node, ast.Dict) and is_whole and len(self._change.all) >= _TELLS:
                yield node
        for scope, named in self._scopes():
            for node in _own(scope):
                for target, value in _bound(node):
                    if self._is_one(target, named):
                        yield from _dicts([value])
                    elif isinstance(value, ast.List) and self._are_many(target, named):
                        yield from _dicts(value.elts)
                beside = _beside(node)
                if any(isinstance(one, ast.Call) and self._is_one(one, named) for one in beside):
                    yield from _dicts(beside)

    def possible(self) -> Iterator[ast.expr]:
        """Yield the nodes of keys by which something is read that may be such a dictionary."""
        for node in ast.walk(self._tree) if self._is_test else ():
            if isinstance(node, ast.Dict):
                yield from (key for key in node.keys if key is not None)
        for node in ast.walk(self._tree):
            if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
                # Most likely the columns of what is written, or shown.
                keys = _keys([*node.elts])
                yield from node.elts if len(keys) > 1 and keys <= self._change.all else ()
        for scope, _ in self._scopes():
            for of, key in map(_read, _own(scope)):
                if of is not None and key is not None and ast.unparse(of) not in self._foreign:
                    yield key

    def _scopes(self) -> Iterator[tuple[ast.AST, frozenset[str]]]:
        """Yield the functions, and the file itself, with the names of such dictionaries."""
        scopes = [node for node in ast.walk(self._tree) if isinstance(node, _FUNCTIONS)]
        for scope in (self._tree, *scopes):
            self._foreign = frozenset(self._others_in(scope))
            named: frozenset[str] = frozenset()
            size = -1
            while size != (size := len(named)):
                named |= frozenset(self._given(scope, named))
            yield scope, named

    def _others_in(self, scope: ast.AST) -> Iterator[str]:
        """Yield what is no such dictionary: it has other keys, or comes from outside."""
        for node in _own(scope):
            of, key = _read(node)
            if of is not None and key is not None and key.value not in self._change.all:
                yield ast.unparse(of)
            for target, value in _bound(node):
                if any(
                    isinstance(one, ast.Call) and _last(one.func) in _OUTSIDE
                    for one in ast.walk(value)
                ):
                    yield ast.unparse(target)

    def _given(self, scope: ast.AST, named: frozenset[str]) -> Iterator[str]:
        for node in _own(scope):
            for target, value in _bound(node):
                is_step = not isinstance(node, ast.Assign)
                is_one = self._are_many(value, named) if is_step else self._is_one(value, named)
                if is_one and isinstance(target, ast.Name):
                    yield target.id
            if isinstance(node, ast.Call) and _last(node.func) in _BY_KEY:
                yield from self._given_to(node, named)

    def _given_to(self, node: ast.Call, named: frozenset[str]) -> Iterator[str]:
        """Yield what a function that is passed on calls each of such dictionaries."""
        if any(self._are_many(each, named) for each in _many_of(node)):
            for each in (*node.args, *(one.value for one in node.keywords)):
                if isinstance(each, ast.Lambda) and len(each.args.args) == 1:
                    yield each.args.args[0].arg

    def _by_key(self, node: ast.Call, named: frozenset[str]) -> Iterator[ast.expr]:
        """Yield the keys of an ``itemgetter`` for such dictionaries."""
        if _last(node.func) in _BY_KEY and any(
            self._are_many(each, named) for each in _many_of(node)
        ):
            for each in (*node.args, *(one.value for one in node.keywords)):
                if isinstance(each, ast.Call) and _last(each.func) == "itemgetter":
                    yield from each.args

    def _is_one(self, node: ast.expr, named: frozenset[str]) -> bool:
        """Return whether an expression is such a dictionary."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = _last(node)
            if self._foreign and ast.unparse(node) in self._foreign:
                return False
            is_named = isinstance(node, ast.Name) and name in named
            is_told = bool(words_of(name) & self._change.words) and not _is_plural(name)
            return is_named or is_told or name == self._change.maker
        match node:
            case ast.Call():
                return _last(node.func) == self._change.maker != "__init__"
            case ast.Subscript(value=value, slice=ast.Constant(value=int()) | ast.UnaryOp()):
                return self._are_many(value, named)
            case ast.Await(value=value):
                return self._is_one(value, named)
        return False

    def _are_many(self, node: ast.expr, named: frozenset[str]) -> bool:
        """Return whether an expression gives such dictionaries, one after the other."""
        match node:
            case ast.Name() | ast.Attribute():
                name = _last(node)
                return bool(words_of(name) & self._change.words) and _is_plural(name)
            case ast.Call() if _last(node.func) == self._change.maker:
                return True
            case ast.Call(args=[first, *_]) if _last(node.func) in _PASSES:
                return self._are_many(first, named) or self._are_many(node.args[-1], named)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return bool(elements) and all(self._is_one(one, named) for one in elements)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self._is_one(element, named)
        return False


class _Writer:
    """Turns nodes into edits; in a formatted text nodes have no places of their own."""

    def __init__(
        self, change: KeyChange, file: FileNames, sure: set[int], others: set[int]
    ) -> None:
        self._change = change
        self._path = file.path
        self._content = file.content
        self._sure = sure
        self._told = others
        self._lines = split_lines(file.content)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))
        self._edits: list[TextEdit] = []
        self._others: list[int] = []

    def result(self, tree: ast.AST) -> FileFollow:
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.JoinedStr):
                self._formatted(node)
                continue
            if isinstance(node, ast.Constant) and self._is_key(node):
                self._text(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._named_in(node, node.value)
            waiting += ast.iter_child_nodes(node)
        edits = tuple(sorted(set(self._edits)))
        lines = [self._content.count("\n", 0, edit.start) for edit in edits]
        reason = say("which {name} is meant is not clear", name=self._change.old)
        left = tuple(Left(self._path, line, reason) for line in sorted(set(self._others)))
        return FileFollow(self._path, edits, left=left, lines=tuple(lines))

    def _is_key(self, node: ast.AST) -> bool:
        is_text = isinstance(node, ast.Constant) and node.value == self._change.old
        return is_text and id(node) in self._sure | self._told

    def _text(self, node: ast.Constant) -> None:
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)
        quote = self._content[start : start + 1]
        is_plain = self._content[start:end] == f"{quote}{self._change.old}{quote}"
        if id(node) not in self._sure or not is_plain or not self._fits(quote):
            self._others.append(node.lineno - 1)
            return
        self._edits.append(TextEdit(start, end, f"{quote}{self._change.new}{quote}"))

    def _formatted(self, node: ast.JoinedStr) -> None:
        inside = [each for each in ast.walk(node) if self._is_key(each)]
        if not inside:
            return
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)
        found = [
            *re.finditer(
                rf"(?<=[\[(])\s*(['\"]){re.escape(self._change.old)}\1",
                self._content[start:end],
            )
        ]
        is_sure = all(id(each) in self._sure for each in inside) and len(found) == len(inside)
        if not is_sure or not all(self._fits(one[1]) for one in found):
            self._others.append(node.lineno - 1)
            return
        for one in found:
            at, until = start + one.start(1), start + one.end()
            self._edits.append(TextEdit(at, until, f"{one[1]}{self._change.new}{one[1]}"))

    def _named_in(self, node: ast.Constant, text: str) -> None:
        """Tell of a text that is filled in by the key: ``"%(total)d"``, ``"{total}"``."""
        old = re.escape(self._change.old)
        if not self._change.is_shared and re.search(rf"%\({old}\)|\{{{old}[!:}}]|\[{old}\]", text):
            self._others.append(node.lineno - 1)

    def _fits(self, quote: str) -> bool:
        return quote in ("'", '"') and not {quote, "\\", "\n"} & {*self._change.new}

    def _at(self, line: int, column: int) -> int:
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return self._starts[line - 1] + len(text.encode()[:column].decode(errors="ignore"))


def _parsed(content: str) -> ast.AST:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _keys(nodes: list[ast.expr | None]) -> frozenset[str]:
    found = (one.value for one in nodes if isinstance(one, ast.Constant))
    return frozenset(one for one in found if isinstance(one, str))


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope without those of functions in it."""
    waiting = [*ast.iter_child_nodes(scope)]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, _FUNCTIONS):
            yield node
            waiting += ast.iter_child_nodes(node)


def _read(node: ast.AST) -> tuple[ast.expr | None, ast.Constant | None]:
    """Return what is read by a key, and the key; (None, None) for all else."""
    match node:
        case ast.Subscript(value=of, slice=ast.Constant(value=str()) as key):
            return of, key
        case ast.Call(func=ast.Attribute(value=of, attr=name), args=[ast.Constant() as key, *_]):
            return (of, key) if name in _READS and isinstance(key.value, str) else (None, None)
        case ast.Compare(
            left=ast.Constant(value=str()) as key, ops=[ast.In() | ast.NotIn()], comparators=[of]
        ):
            return of, key
    return None, None


def _bound(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what a node gives names to, and where that comes from."""
    if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value


def _dicts(nodes: Iterable[ast.AST]) -> Iterator[ast.Dict]:
    yield from (one for one in nodes if isinstance(one, ast.Dict))


def _beside(node: ast.AST) -> list[ast.expr]:
    """Return what is compared with each other, or passed together."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    return list(node.args) if isinstance(node, ast.Call) else []


def _cases(node: ast.Match) -> Iterator[ast.expr]:
    for case in node.cases:
        if isinstance(case.pattern, ast.MatchMapping):
            yield from case.pattern.keys


def _many_of(node: ast.Call) -> list[ast.expr]:
    """Return what a call goes through: its arguments, or what ``sort`` is called on."""
    of = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return [*node.args, *of]


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_plural(name: str) -> bool:
    word = re.sub(r"[\d_]+$", "", name).lower()
    return word.endswith("s") and not word.endswith("ss")
