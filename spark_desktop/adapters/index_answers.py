"""Answers the questions of ``services.code_index.CodeIndex`` from the database."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from posixpath import dirname

from spark_desktop.adapters.index_encoding import counts_in, places_of
from spark_desktop.adapters.index_files import IndexFiles, names_in, words_in
from spark_desktop.adapters.index_queries import IndexQueries
from spark_desktop.domain.code import Definition, Import, Reference, TextHit
from spark_desktop.domain.code_map import IMPORTED, IMPORTING, NEAR, Surroundings, code_map
from spark_desktop.domain.import_targets import import_keys, targets
from spark_desktop.domain.test_pairs import (
    is_pair,
    is_run_as_test,
    is_slow_test,
    is_test,
    names_of_tests,
    ranked,
    tested_names,
    words_shared,
)

# So many files are looked into for one question; the rest could not be read in its time.
_MOST_FILES = 5000
_MOST_TESTS = 20
# Tests that reach a file by way of others, how far these may be, and how many of each distance
# are passed.
_MOST_REACHING = 6
_FARTHEST = 4
_MOST_PASSED = 20
_MOST_NAMES = 300
_MOST_DEFINERS = 9
_LONGEST_LINE = 240
_SEARCHED = 3


class IndexAnswers:
    """Nothing in an answer is of a file that is gone. Every method may raise sqlite3.Error."""

    def __init__(self, queries: IndexQueries, files: IndexFiles) -> None:
        self._queries = queries
        self._files = files

    def defined(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that something defines."""
        return sorted(self._queries.defined(names))

    def definitions(self, name: str, most: int) -> list[Definition]:
        """Return what has the name."""
        found = list(self._queries.definitions(name, most))
        gone = self._gone(one.path for one in found)
        return [one for one in found if one.path not in gone]

    def outline(self, path: str) -> list[Definition]:
        """Return what a file defines."""
        return self._queries.outline(path)

    def names_in(self, path: str) -> list[str]:
        """Return every name that a file uses or defines."""
        uses = self._queries.uses(path)
        used = {name for name, _ in counts_in(uses)} if uses else set()
        return sorted(used | {one.name for one in self._queries.outline(path)})

    def references(self, name: str, most: int) -> list[Reference]:
        """Return where the name is used."""
        words = names_in(name)
        if not words:
            return []
        found: list[Reference] = []
        for path, uses in self._queries.using(words, _MOST_FILES):
            places = places_of(uses, name)
            if not places or self._files.stamp(path) is None:
                continue
            found.extend(Reference(name, path, row, column, kind) for row, column, kind in places)
            if len(found) >= most:
                break
        return found[:most]

    def imports(self, path: str) -> list[Import]:
        """Return what a file imports, each target apart."""
        return [
            replace(one, target=target, names=names)
            for one in self._queries.imports(path)
            for target, names in targets(path, one.module, one.names, self._queries)
        ]

    def resolved(self, path: str, module: str, names: Sequence[str]) -> list[Import]:
        """Return an import as it would be in a file."""
        found = targets(path, module, tuple(names), self._queries)
        return [Import(path, module, target, own) for target, own in found]

    def importers(self, path: str) -> list[str]:
        """Return the files that import a file."""
        wanted = {path, dirname(path) or "."} if path.endswith(".go") else {path}
        keys = self._queries.keys_of(path)
        candidates = self._queries.importing(keys, _MOST_FILES)
        found = [one for one in candidates if one != path and self._imports(one, wanted, keys)]
        gone = self._gone(found)
        return [one for one in found if one not in gone]

    def tests_of(self, path: str) -> list[str]:
        """Return the tests for a file; for a test file what it tests."""
        if is_test(path) and tested_names(path):
            near = self._named(tested_names(path))
            paired = [one for one in ranked(path, near) if not is_test(one)]
            bound = [one.target for one in self.imports(path) if one.target]
            bound = [one for one in dict.fromkeys(bound) if self._queries.is_file(one)]
        else:
            near = self._named(names_of_tests(path))
            paired = [one for one in ranked(path, near) if is_pair(path, one)]
            bound = [one for one in self.importers(path) if is_test(one)]
        sure = [one for one in paired if one in bound]
        found = list(dict.fromkeys([*sure, *paired[:3], *ranked(path, bound)]))
        gone = self._gone(found)
        return [one for one in found if one not in gone][:_MOST_TESTS]

    def tests_reaching(self, path: str) -> list[str]:
        """Return the test files that import a file by way of others only, the nearest first.

        Of a part that everything uses these would be all tests: a few are enough.
        """
        seen, found = {path}, list[str]()
        nearest: tuple[str, ...] = (path,)
        for distance in range(_FARTHEST):
            above = [one for at in nearest for one in self.importers(at) if one not in seen]
            near = list(dict.fromkeys(above))
            if distance:
                tests = ranked(path, filter(is_run_as_test, near))
                found += sorted(tests, key=lambda one: -words_shared(path, one))
            seen.update(near)
            # What tests share is passed as well.
            passed = ranked(path, (one for one in near if not is_run_as_test(one)))
            nearest = passed[:_MOST_PASSED]
            if len(found) >= _MOST_REACHING:
                break
        return sorted(found, key=is_slow_test)[:_MOST_REACHING]

    def search(self, words: str, most: int) -> list[TextHit]:
        """Return the files that hold the words, all of them first, each with its best line."""
        asked = names_in(words)[:20]
        found = self._queries.holding(asked, most * _SEARCHED)
        if len(found) < most:
            parts = words_in(words).split()[:20]
            more = self._queries.holding(parts, most * _SEARCHED, is_any=True)
            found = list(dict.fromkeys([*found, *more]))
        hits: list[TextHit] = []
        for path in found:
            if len(hits) >= most:
                break
            if (hit := self._hit(path, asked)) is not None:
                hits.append(hit)
        return hits

    def map(self, about: Sequence[str], characters: int) -> str:
        """Return the ranked signatures of what is around the paths."""
        used: dict[str, int] = {}
        for path in about:
            for name, count in (
                counts_in(self._queries.uses(path) or b"") if self._has(path) else ()
            ):
                used[name] = used.get(name, 0) + count
        weights = self._near(about) if about else self._central()
        outlines = {path: self._queries.outline(path) for path in weights}
        if not about:
            used = {one.name: 1 for outline in outlines.values() for one in outline}
        for name in sorted(used, key=lambda one: (-used[one], one))[:_MOST_NAMES]:
            self._add_definers(name, outlines, weights)
        return code_map(Surroundings(tuple(about), used, outlines, weights), characters)

    def _add_definers(
        self, name: str, outlines: dict[str, list[Definition]], weights: dict[str, float]
    ) -> None:
        found = list(self._queries.definitions(name, _MOST_DEFINERS))
        for one in found if len(found) < _MOST_DEFINERS else ():
            if one.path not in weights:
                outlines.setdefault(one.path, []).append(one)

    def _near(self, about: Sequence[str]) -> dict[str, float]:
        weights: dict[str, float] = {}
        for path in about:
            for one in self.tests_of(path):
                weights.setdefault(one, NEAR)
            for one in self.importers(path)[:_MOST_TESTS]:
                weights[one] = max(weights.get(one, 0.0), IMPORTING)
            imported = [one.target for one in self.imports(path) if one.target]
            if path.endswith(".go"):
                # A package's files see one another without a word.
                imported.append(dirname(path) or ".")
            for target in imported:
                for one in self._files_of(target):
                    weights[one] = IMPORTED
        gone = self._gone(weights)
        return {path: weight for path, weight in weights.items() if path not in (*about, *gone)}

    def _central(self) -> dict[str, float]:
        """Return the files that are imported most."""
        paths = [
            path for stem in self._queries.import_words() for path in self._queries.stemmed(stem)
        ]
        return dict.fromkeys(paths[:_MOST_TESTS], IMPORTED)

    def _files_of(self, target: str) -> list[str]:
        if self._queries.is_file(target):
            return [target]
        folder = "" if target == "." else target
        return [one for one in self._queries.below(folder) if dirname(one) == folder][:_MOST_TESTS]

    def _named(self, names: Iterable[str]) -> list[str]:
        return [path for name in names for path in self._queries.named(name)]

    def _imports(self, path: str, wanted: set[str], keys: frozenset[str]) -> bool:
        """Return whether a file imports one of these; only what fits the keys is looked for."""
        return any(
            target in wanted
            for one in self._queries.imports(path)
            if not keys.isdisjoint(import_keys(path, one.module, one.names))
            for target, _ in targets(path, one.module, one.names, self._queries)
        )

    def _has(self, path: str) -> bool:
        return self._queries.is_file(path)

    def _hit(self, path: str, words: Sequence[str]) -> TextHit | None:
        # Read now: the line is shown, and may hold a secret since.
        text = self._files.text(path)
        if text is None:
            return None
        folded = [word.casefold() for word in words]
        best, place, lines = 0, 0, text.splitlines()
        for number, line in enumerate(lines):
            low = line.casefold()
            count = sum(word in low for word in folded)
            if count > best:
                best, place = count, number
        line = lines[place].strip() if lines else ""
        return TextHit(path, place, line[:_LONGEST_LINE])

    def _gone(self, paths: Iterable[str]) -> set[str]:
        return {path for path in set(paths) if self._files.stamp(path) is None}
