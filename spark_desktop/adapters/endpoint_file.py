"""The user's endpoints as a TOML file, and the presets that come with the program."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spark_desktop.adapters.endpoint_tables import spec_of, table_of
from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.adapters.toml_file import read_text, reason_of, replace_text, set_aside
from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.spending import WARN_AT, Budget
from spark_desktop.domain.tables import Table
from spark_desktop.domain.words import Said, say

if TYPE_CHECKING:
    # Only a change of the file needs it; a start would take 60 ms longer.
    import tomlkit

_HEAD = "The endpoints that Spark Desktop may ask. Keys are not here: they are in the keyring."


def load_presets() -> dict[str, EndpointSpec]:
    """Return the endpoints that come with the program, by id, in the order of their files.

    The address of some is not whole: see ``domain.presets``.
    """
    return {name: preset.spec for name, preset in load_preset_files().items()}


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
            data = tomllib.loads(read_text(self._file))
        except FileNotFoundError:
            return EndpointBook(), ()
        except OSError as error:
            reason = error.strerror or error
            said = say("{file} cannot be read ({reason}).", file=self._file, reason=reason)
            return EndpointBook(), (said,)
        except (ValueError, RecursionError) as error:
            return EndpointBook(), (self._aside(error),)
        problems: list[Said] = []
        book = _book(Table(data, "", problems), self._presets)
        return book, tuple(
            say("{file}: {problem}", file=self._file, problem=problem) for problem in problems
        )

    async def save(self, book: EndpointBook) -> Said | None:
        """Write what differs from the file into it; comments and unknown keys are kept.

        Returns what the user should know: a file that somebody broke meanwhile is kept aside.
        Raises StoreError.
        """
        async with self._lock:
            try:
                return await asyncio.to_thread(self._write, book)
            except OSError as error:
                raise StoreError(
                    say(
                        "The endpoints could not be written to {file} ({reason}).",
                        file=self._file,
                        reason=error.strerror or error,
                    ),
                    say("They hold until Spark ends. Make the folder writable."),
                ) from error

    def _aside(self, error: ValueError | RecursionError) -> Said:
        told = reason_of(error)
        try:
            aside = set_aside(self._file)
        except OSError:
            return say("{file} is no list of endpoints ({reason}).", file=self._file, reason=told)
        return say(
            "{file} is no list of endpoints ({reason}). It is kept as {aside}.",
            file=self._file,
            reason=told,
            aside=aside.name,
        )

    def _write(self, book: EndpointBook) -> Said | None:
        import tomlkit

        told = None
        try:
            text = read_text(self._file)
            meant = _book(Table(tomllib.loads(text), "", []), self._presets)
            document = tomlkit.parse(text)
        except FileNotFoundError:
            document, meant = tomlkit.document(), EndpointBook()
            document.add(tomlkit.comment(_HEAD))
        except (ValueError, RecursionError) as error:
            document, meant = tomlkit.document(), EndpointBook()
            told = self._aside(error)
        _merge(document, book, meant, self._presets)
        replace_text(self._file, tomlkit.dumps(document))
        return told


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
        orders=_orders(order, specs),
        hedge={kind: seconds for kind, seconds in patience.items() if seconds},
        budget=Budget(
            budget.number("month", 0.0) or 0.0,
            budget.flag("stops"),
            min(budget.number("warn_at", WARN_AT) or 0.0, 1.0),
        ),
    )


def _orders(order: Table, specs: Mapping[str, EndpointSpec]) -> dict[WorkKind, tuple[str, ...]]:
    """Return the orders that can be followed; without one the core answers, as before there was."""
    found: dict[WorkKind, tuple[str, ...]] = {}
    for kind in WorkKind:
        ids = order.texts(kind.value)
        unknown = [one for one in ids if one not in specs and one != LOCAL]
        for one in unknown:
            order.refuse(say("order.{kind}: there is no endpoint {id}.", kind=kind.value, id=one))
        if kind.value in order and (len(unknown) < len(ids) or order.is_empty(kind.value)):
            found[kind] = ids
    return found


def _merge(
    document: "tomlkit.TOMLDocument",
    book: EndpointBook,
    meant: EndpointBook,
    presets: Mapping[str, EndpointSpec],
) -> None:
    """Write the book over what the document means; what was refused in it stays as it is."""
    import tomlkit

    written: Any = document.get("endpoints", [])
    listed_before = written if isinstance(written, list) else []
    tables = [one for one in listed_before if isinstance(one, Mapping)]
    known = {str(one.get("id", one.get("preset"))): one for one in tables}
    listed = tomlkit.aot()
    for spec in book.specs:
        table: Any = known.get(spec.id, tomlkit.table())
        before = meant.spec(spec.id)
        values = {} if before is None else table_of(before, presets)
        _update(table, values, table_of(spec, presets))
        listed.append(table)
    for table in tables:
        # One that could not be read is for its author to mend.
        if meant.spec(str(table.get("id", table.get("preset")))) is None:
            listed.append(table)
    document.pop("endpoints", None)
    earlier = _parts(meant)
    for name, values in _parts(book).items():
        if values != earlier[name] and not isinstance(document.get(name), Mapping):
            document[name] = tomlkit.table()
        if values != earlier[name]:
            _update(document[name], earlier[name], values)
    if listed:
        document["endpoints"] = listed


def _parts(book: EndpointBook) -> dict[str, dict[str, object]]:
    """Return the tables beside the endpoints."""
    budget = book.budget
    return {
        "order": {kind.value: list(order) for kind, order in book.orders.items()},
        "hedge": {kind.value: seconds for kind, seconds in book.hedge.items() if seconds},
        "budget": {"month": budget.month, "stops": budget.stops, "warn_at": budget.warn_at},
    }


def _update(table: Any, before: Mapping[str, object], values: Mapping[str, object]) -> None:
    for key in before:
        if key not in values:
            table.pop(key, None)
    for key, value in values.items():
        if key not in before or before[key] != value:
            table[key] = value
