"""The names that a Python text uses, by the scopes that Python's own compiler finds."""

import ast
import builtins
import symtable
import sys
import warnings
from collections.abc import Iterator

from spark_desktop.domain.names_used import (
    ClassNames,
    FreeRule,
    ImportUse,
    MemberUse,
    NamesUsed,
)

# Names that the interpreter, a shell or a checker brings, or that others install.
_BUILTINS = frozenset(dir(builtins)) | frozenset(
    (
        *("__file__", "__path__", "__builtins__", "__annotations__", "__class__", "__cached__"),
        *("__module__", "__qualname__", "__dict__", "__conditional_annotations__", "WindowsError"),
        *("reveal_type", "reveal_locals", "get_ipython", "display", "_", "ngettext", "gettext"),
        *("ExceptionGroup", "BaseExceptionGroup", "EncodingWarning", "PythonFinalizationError"),
        *("anext", "aiter", "unicode", "basestring", "xrange", "raw_input", "long", "unichr"),
    )
)
# Whoever uses these may make names that nobody sees.
_OPENERS = frozenset({"exec", "globals", "execfile", "__builtins__"})
_CLOSED_DECORATORS = frozenset(
    (
        *("dataclass", "dataclasses.dataclass", "final", "typing.final", "total_ordering"),
        *("functools.total_ordering", "runtime_checkable", "typing.runtime_checkable"),
        *("unique", "enum.unique"),
    )
)
_HINTED = {
    "collections": "Counter OrderedDict defaultdict deque namedtuple ChainMap",
    "pathlib": "Path PurePath PurePosixPath PosixPath",
    "dataclasses": "dataclass field asdict astuple replace fields is_dataclass",
    "typing": "Any Optional Union List Dict Tuple Set Callable Iterable Iterator Sequence Mapping"
    " TypeVar Generic Protocol NamedTuple TypedDict Literal Final ClassVar cast overload Self",
    "datetime": "datetime timedelta timezone date",
    "functools": "lru_cache wraps partial reduce cached_property total_ordering singledispatch",
    "itertools": "chain islice product permutations combinations groupby accumulate zip_longest"
    " starmap takewhile dropwhile pairwise",
    "contextlib": "contextmanager suppress closing ExitStack asynccontextmanager nullcontext",
    "abc": "ABC abstractmethod",
    "enum": "Enum IntEnum Flag auto StrEnum",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "math": "sqrt ceil floor pi gcd isclose log exp",
    "urllib.parse": "urlparse quote unquote urlencode urljoin parse_qs",
    "textwrap": "dedent indent",
    "copy": "deepcopy",
    "io": "StringIO BytesIO",
}
_HINTS = {
    name: f"from {module} import {name}"
    for module, names in _HINTED.items()
    for name in names.split()
}
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def python_names(content: str) -> NamesUsed | None:
    """Return the names; None where Python cannot read the text. May run in any OS thread."""
    try:
        with warnings.catch_warnings():
            # What the user's strings escape is not for us to say.
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
            table = symtable.symtable(content, "text", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    reader = _Reader()
    try:
        reader.visit(tree)
    except RecursionError:
        return None
    bound, used = _scopes(table)
    free = used - bound - _BUILTINS
    return NamesUsed(
        rule=FreeRule.NOWHERE,
        free=frozenset(free),
        bound=frozenset(bound | reader.names),
        is_open=reader.is_open or not _OPENERS.isdisjoint(used),
        imports=tuple(reader.imports),
        classes=reader.classes,
        of_self=frozenset(reader.of_self),
        of_modules=frozenset(reader.of_modules()),
        stored=frozenset(reader.stored),
        read=frozenset(reader.read),
        hints={name: hint for name in free if (hint := _hint(name))},
    )


def _hint(name: str) -> str:
    if name in _HINTS:
        return _HINTS[name]
    return f"import {name}" if name in sys.stdlib_module_names and name[0] != "_" else ""


def _scopes(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """Return the names that the module has, and those that are looked for among them."""
    bound: set[str] = set()
    used: set[str] = set()
    waiting = [table]
    while waiting:
        one = waiting.pop()
        waiting.extend(one.get_children())
        is_module = one.get_type() == "module"
        for symbol in one.get_symbols():
            name = symbol.get_name()
            makes = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if makes and (is_module or symbol.is_declared_global()):
                bound.add(name)
            # In a class a name of two underscores is another name; which, is not always told.
            is_mangled = name.startswith("_") and "__" in name[1:] and not name.endswith("__")
            is_outer = is_module or (symbol.is_global() and not _is_own(symbol))
            if symbol.is_referenced() and is_outer and not is_mangled:
                used.add(name)
    return bound, used


def _is_own(symbol: symtable.Symbol) -> bool:
    """Return whether a function's name is its own; Python takes one called "top" for the module."""
    makes = symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported()
    return makes and not symbol.is_declared_global()


class _Reader(ast.NodeVisitor):
    """Collects what the scopes do not tell: imports, classes, attributes."""

    def __init__(self) -> None:
        self.imports: list[ImportUse] = []
        self.classes: dict[str, ClassNames] = {}
        self.of_self: set[MemberUse] = set()
        self.stored: set[str] = set()
        self.names: set[str] = set()
        self.read: set[str] = set()
        self.is_open = False
        self._guarded = 0
        self._modules: dict[str, str] = {}
        self._read: list[tuple[str, str]] = []
        self._bindings: dict[str, int] = {}
        self._owner: tuple[str, str] | None = None
        self._class = ""
        # Of the function that is read: its parameters that are surely of a class.
        self._typed: dict[str, str] = {}

    def of_modules(self) -> Iterator[MemberUse]:
        """Return the attributes that are read of modules."""
        for name, attribute in self._read:
            # Bound a second time, as a parameter perhaps, it may be something else.
            if name in self._modules and self._bindings.get(name) == 1:
                yield MemberUse(self._modules[name], attribute)

    def visit_Import(self, node: ast.Import) -> None:
        for one in node.names:
            self.imports.append(ImportUse(one.name, (), self._guarded > 0))
            name = one.asname or one.name.partition(".")[0]
            self._bind(name)
            if one.asname or "." not in one.name:
                self._modules[name] = one.name

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        if module == "__future__":
            return
        names = tuple(one.name for one in node.names)
        self.is_open = self.is_open or "*" in names
        self.imports.append(ImportUse(module, names, self._guarded > 0))
        for one in node.names:
            name = one.asname or one.name
            self._bind(name)
            self._modules[name] = f"{module}{'' if module.endswith('.') else '.'}{one.name}"

    def visit_Try(self, node: ast.Try) -> None:
        caught = {_dotted(inner) for one in node.handlers for inner in _types(one)}
        is_guard = bool(caught & _IMPORT_ERRORS) or any(one.type is None for one in node.handlers)
        self.is_open = self.is_open or "NameError" in caught
        self._guarded += is_guard
        for statement in node.body:
            self.visit(statement)
        for part in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(part)
        self._guarded -= is_guard

    def visit_If(self, node: ast.If) -> None:
        # An import that depends on something may be for another system or version.
        self._guarded += 1
        self.generic_visit(node)
        self._guarded -= 1

    def visit_With(self, node: ast.With) -> None:
        is_guard = any("suppress" in ast.unparse(one.context_expr) for one in node.items)
        self._guarded += is_guard
        self.generic_visit(node)
        self._guarded -= is_guard

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        before, self._class = self._class, node.name
        members = _members(node)
        bases = [
            _dotted(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases
        ]
        decorators = {
            _dotted(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list
        }
        is_open = bool(node.keywords) or "" in bases or not decorators <= _CLOSED_DECORATORS
        # Two classes of one name, for two systems perhaps: either may be meant.
        is_open = is_open or node.name in self.classes or _makes_attributes(node)
        self.classes[node.name] = ClassNames(node.name, tuple(bases), frozenset(members), is_open)
        self.generic_visit(node)
        self._class = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._parameters(node.args)
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.stored.add(node.attr)
        else:
            self.read.add(node.attr)
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            if self._owner is not None and node.value.id == self._owner[0]:
                self.of_self.add(MemberUse(self._owner[1], node.attr))
            elif node.value.id in self._typed:
                self.of_self.add(MemberUse(self._typed[node.value.id], node.attr))
            else:
                self._read.append((node.value.id, node.attr))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Load()):
                if key.isidentifier():
                    self.read.add(key)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id)

    def visit_Constant(self, node: ast.Constant) -> None:
        # What getattr, setattr and __slots__ name.
        if isinstance(node.value, str) and node.value.isidentifier():
            self.stored.add(node.value)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name)
        self._parameters(node.args)
        owner, inner = self._owner, self._class
        if self._class:
            decorators = {_dotted(one) for one in node.decorator_list}
            given = [*node.args.posonlyargs, *node.args.args]
            is_static = "staticmethod" in decorators or not given
            self._owner = None if is_static else (given[0].arg, self._class)
        # What is in a method is no method.
        self._class = ""
        typed, self._typed = self._typed, _typed(node)
        self.generic_visit(node)
        self._typed = typed
        self._owner, self._class = owner, inner

    def _parameters(self, given: ast.arguments) -> None:
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        for one in every:
            if one is not None:
                self._bind(one.arg)

    def _bind(self, name: str) -> None:
        self.names.add(name)
        self._bindings[name] = self._bindings.get(name, 0) + 1


def _typed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """Return the class that each parameter's annotation names, by the parameter.

    Not of one that is bound anew, or that something asks for its type: it may be of another class.
    """
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    found = {one.arg: _class_of(one.annotation) for one in given}
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.pop(name, None)
            case ast.arg(arg=name) if inner not in given:
                found.pop(name, None)
            case ast.Call(func=ast.Name(), args=[ast.Name(id=name), *_]):
                # isinstance, hasattr, or a function that tells types apart.
                found.pop(name, None)
            case ast.Match(subject=ast.Name(id=name)):
                found.pop(name, None)
            case ast.MatchAs(name=str(name)) | ast.ExceptHandler(name=str(name)):
                found.pop(name, None)
            case ast.Import() | ast.ImportFrom() | ast.ClassDef():
                return {}
    return {name: owner for name, owner in found.items() if owner}


def _class_of(annotation: ast.expr | None) -> str:
    """Return the name that an annotation is, also in quotes or with None; "" for any other."""
    match annotation:
        case ast.Name(id=name) if name[:1].isupper():
            return name
        case ast.Constant(value=str(name)) if name.isidentifier() and name[:1].isupper():
            return name
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return _class_of(left)
    return ""


def _members(node: ast.ClassDef) -> set[str]:
    """Return the attributes that the class's own text gives it."""
    found: set[str] = set()
    for one in ast.walk(node):
        match one:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(one.name)
            case ast.Name(ctx=ast.Store()):
                found.add(one.id)
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                found.add(one.attr)
            case ast.alias():
                found.add((one.asname or one.name).partition(".")[0])
            case ast.arg():
                # Attributes of a call's keywords, as in replace(self, …), are of fields.
                continue
    return found


def _makes_attributes(node: ast.ClassDef) -> bool:
    """Return whether the class may have attributes that nobody can see."""
    for one in ast.walk(node):
        match one:
            case ast.FunctionDef(name="__getattr__" | "__getattribute__" | "__init_subclass__"):
                return True
            case ast.Attribute(attr="__dict__" | "__getattr__" | "__getattribute__"):
                return True
            case ast.Call(func=ast.Name(id="setattr" | "vars" | "locals" | "exec")):
                return True
            case ast.Call(func=ast.Attribute(attr="__setattr__"), args=[*_, told, _]):
                if not isinstance(told, ast.Constant):
                    return True
    return False


def _types(handler: ast.ExceptHandler) -> list[ast.expr]:
    if isinstance(handler.type, ast.Tuple):
        return list(handler.type.elts)
    return [handler.type] if handler.type is not None else []


def _dotted(node: ast.expr) -> str:
    """Return a name with dots; "" for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        value = _dotted(node.value)
        return f"{value}.{node.attr}" if value else ""
    return ""
