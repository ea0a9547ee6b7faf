"""The user's endpoints as a TOML file, and the presets that come with the program."""

import asyncio
import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spark_desktop.adapters.endpoint_tables import spec_of, table_of
from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.spending import Budget
from spark_desktop.domain.tables import Table
from spark_desktop.domain.words import Said, say
from spark_resources import resource

if TYPE_CHECKING:
    # Only a change of the file needs it; a start would take 60 ms longer.
    import tomlkit

# Bytes; a list of endpoints of more than that is something else.
_MOST = 1 << 20
_HEAD = "The endpoints that Spark Desktop may ask. Keys are not here: they are in the keyring."


def load_presets() -> dict[str, EndpointSpec]:
    """Return the endpoints that come with the program, by id, in the order of their files."""
    problems: list[Said] = []
    found: dict[str, EndpointSpec] = {}
    folder = resource("endpoints")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".toml"):
            continue
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        spec = spec_of(Table(data, file.name, problems), {})
        if spec is not None:
            found[spec.id] = spec
    if problems:
        raise ValueError(f"a preset is wrong: {problems[0]}")
    return found


class EndpointFile:
    """One file; implements the EndpointStore port."""

    def __init__(self, file: Path, presets: Mapping[str, EndpointSpec]) -> None:
        self._file = file
        self._presets = presets
        self._lock = asyncio.Lock()

    @property
    def file(self) -> Path:
        """Return the file."""
        return self._file

    def load(self) -> tuple[EndpointBook, tuple[Said, ...]]:
        """Return what the file holds and what of it could not be used; never raises.

        A file that is no TOML is kept aside, and the problem names the copy.
        """
        try:
            if self._file.stat().st_size > _MOST:
                raise OSError(0, say("it has more than {most} bytes", most=_MOST))
            data = tomllib.loads(self._file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            return EndpointBook(), ()
        except OSError as error:
            reason = error.strerror or error
            said = say("{file} cannot be read ({reason}).", file=self._file, reason=reason)
            return EndpointBook(), (said,)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            return EndpointBook(), (self._aside(str(error)),)
        problems: list[Said] = []
        book = _book(Table(data, "", problems), self._presets)
        return book, tuple(
            say("{file}: {problem}", file=self._file, problem=problem) for problem in problems
        )

    async def save(self, book: EndpointBook) -> None:
        """Write the book; comments and unknown keys are kept. Raises StoreError."""
        async with self._lock:
            try:
                await asyncio.to_thread(self._write, book)
            except OSError as error:
                raise StoreError(
                    say(
                        "The endpoints could not be written to {file} ({reason}).",
                        file=self._file,
                        reason=error.strerror or error,
                    ),
                    say("They hold until Spark ends. Make the folder writable."),
                ) from error

    def _aside(self, reason: str) -> Said:
        aside = self._file.with_name(f"{self._file.name}.broken-{secrets.token_hex(3)}")
        try:
            self._file.rename(aside)
        except OSError:
            return say("{file} is no list of endpoints ({reason}).", file=self._file, reason=reason)
        return say(
            "{file} is no list of endpoints ({reason}). It is kept as {aside}.",
            file=self._file,
            reason=reason,
            aside=aside.name,
        )

    def _write(self, book: EndpointBook) -> None:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError

        try:
            document = tomlkit.parse(self._file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            document = tomlkit.document()
            document.add(tomlkit.comment(_HEAD))
        except (TOMLKitError, UnicodeDecodeError) as error:
            self._aside(str(error))
            document = tomlkit.document()
        _merge(document, book, self._presets)
        self._replace(tomlkit.dumps(document))

    def _replace(self, text: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A link to a file elsewhere stays a link.
        target = Path(os.path.realpath(self._file))
        temporary = target.with_name(f".{target.name}-{secrets.token_hex(4)}.tmp")
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _book(table: Table, presets: Mapping[str, EndpointSpec]) -> EndpointBook:
    specs: dict[str, EndpointSpec] = {}
    for one in table.tables("endpoints"):
        spec = spec_of(one, presets)
        if spec is None:
            continue
        if spec.id in specs or spec.id == LOCAL:
            one.refuse(say("{name}: the id {id} is taken.", name=one.name, id=spec.id))
            continue
        specs[spec.id] = spec
    order, hedge, budget = table.table("order"), table.table("hedge"), table.table("budget")
    patience = {kind: hedge.number(kind.value, 0.0) or 0.0 for kind in WorkKind}
    return EndpointBook(
        specs=tuple(specs.values()),
        orders={kind: order.texts(kind.value) for kind in WorkKind if kind.value in order},
        hedge={kind: seconds for kind, seconds in patience.items() if seconds},
        budget=Budget(budget.number("month", 0.0) or 0.0, budget.flag("stops")),
    )


def _merge(
    document: "tomlkit.TOMLDocument", book: EndpointBook, presets: Mapping[str, EndpointSpec]
) -> None:
    import tomlkit

    known = {str(one.get("id", one.get("preset"))): one for one in document.get("endpoints", [])}
    listed = tomlkit.aot()
    for spec in book.specs:
        table: Any = known.get(spec.id, tomlkit.table())
        _update(table, table_of(spec, presets))
        listed.append(table)
    document.pop("endpoints", None)
    orders = {kind.value: list(order) for kind, order in book.orders.items()}
    hedges = {kind.value: seconds for kind, seconds in book.hedge.items() if seconds}
    budget = {"month": book.budget.month, "stops": book.budget.stops}
    for name, values in (("order", orders), ("hedge", hedges), ("budget", budget)):
        if name not in document and any(values.values()):
            document[name] = tomlkit.table()
        if name in document:
            _update(document[name], values)
    if listed:
        document["endpoints"] = listed


_OURS = frozenset(
    [
        "id",
        "preset",
        "title",
        "url",
        "auth_header",
        "key_env",
        "model",
        "protocol",
        "auth",
        "headers",
        "limits",
        "route",
        "models",
        "chat",
        "edit",
        "suggestion",
        "month",
        "stops",
    ]
)


def _update(table: Any, values: Mapping[str, object]) -> None:
    for key in [key for key in table if key in _OURS and key not in values]:
        del table[key]
    for key, value in values.items():
        if key not in table or table[key] != value:
            table[key] = value
