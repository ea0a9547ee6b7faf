"""Which sequence of the engine's memory holds which tokens, so that a prompt is processed once.

A finished answer leaves its tokens where they are. The next prompt that begins with them takes them
over; one that shares only a part gets a share of the same cells, which costs nothing. Whatever else
is idle then goes to ordinary memory while that has room under its limit, else for good: attention
passes over the cells of other sequences one by one, so that a thousand of them slow a prompt by 4 %
and an answer by 2 % (0.5B, two cores). The copies are made before, while nobody waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inference_core.engine.decoder import Decoder, Memory

# Shorter common beginnings are not worth a sequence of their own.
_WORTH_SHARING = 16

# Moving the memory of a token costs some 10 microseconds, working through it some milliseconds.
# This bounds how many memories there are to look through.
_WORTH_SAVING = 16

# A saved memory can only be moved back whole: not for less than this part of it.
_WORTH_RESTORING = 8

# Copying a longer one would keep a request waiting for a twentieth of a second or more.
_MOST_TO_TIDY = 4096

# A sequence is taken over, and its tail forgotten, if the tail is no longer than this or than a
# tenth of it: the end of an answer is often cut into tokens differently when it comes back.
_TAIL = 16


@dataclass(eq=False, slots=True)
class _Run:
    """Cells that one or more sequences share from their beginning on; the longest share counts."""

    shares: dict[int, int] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Held:
    """A sequence and its tokens. ``busy`` while a request works with it.

    ``tidied`` is how many tokens it had when a copy was last made.
    """

    sequence: int
    tokens: list[int] = field(default_factory=list)
    busy: bool = False
    used: int = 0
    tidied: int = 0
    _runs: list[tuple[_Run, int]] = field(default_factory=list)


@dataclass(eq=False, frozen=True, slots=True)
class _Saved:
    tokens: list[int]
    memory: Memory
    used: int


class PrefixStore:
    """Gives requests their sequences; ``limit_bytes`` is for what was moved to ordinary memory."""

    def __init__(self, decoder: Decoder, limit_bytes: int) -> None:
        self._decoder = decoder
        self._limit = limit_bytes
        self._held = {n: Held(n) for n in range(decoder.sequences)}
        self._saved: list[_Saved] = []
        self._clock = 0

    @property
    def saved_bytes(self) -> int:
        """What the sequences moved to ordinary memory take."""
        return sum(len(saved.memory) for saved in self._saved)

    @property
    def cells_used(self) -> int:
        """Tokens in the engine's memory, those that sequences share counted once."""
        return _cells(self._held.values())

    def claim(self, tokens: Sequence[int], reserve: int) -> tuple[Held, int] | None:
        """Return a busy sequence with the longest known beginning of a prompt, and its length.

        ``reserve`` is how many tokens may follow that beginning at least; None where no room can
        be made, since everything is in use.
        """
        wanted = list(tokens)
        source, cached = self._best(wanted)
        room = len(wanted) - cached + reserve
        shared = isinstance(source, Held) and source.busy and cached >= _WORTH_SHARING
        if not self._may_have(room if shared else len(wanted) + reserve):
            return None
        if isinstance(source, Held) and not source.busy and _may_take(source.tokens, cached):
            return self._take(source, cached, room)
        target = self._free_sequence(keep=source)
        if target is None:
            # The only one that is idle is the one that was to be shared.
            if isinstance(source, Held) and not source.busy:
                return self._take(source, cached, room)
            return None
        # Busy already: making room must not take back what is about to be used.
        target.busy = True
        if isinstance(source, Held) and cached >= _WORTH_SHARING:
            self._share(source, target, cached)
        elif isinstance(source, _Saved) and cached >= _WORTH_SHARING:
            cached = self._restore(source, target, cached)
        else:
            cached = 0
        return self._with_room(target, cached, len(wanted) - cached + reserve)

    def known(self, tokens: Sequence[int]) -> int:
        """Return how many tokens at the beginning of a prompt need not be worked through."""
        return self._best(list(tokens))[1]

    def grow(self, held: Held, tokens: Sequence[int]) -> None:
        """Note that a sequence now holds these tokens, too."""
        held.tokens.extend(tokens)
        if not held._runs or len(held._runs[-1][0].shares) > 1:
            held._runs.append((_Run(), 0))
        run, before = held._runs[-1]
        length = before + len(tokens)
        held._runs[-1] = (run, length)
        run.shares[held.sequence] = length

    def make_room(self, cells: int) -> bool:
        """Move idle sequences out until so many cells are free; False if it cannot be done.

        Then none is moved: a request that waits for room must not cost others their prefixes.
        """
        if not self._may_have(cells):
            return False
        while self._decoder.cells - self.cells_used < cells:
            idle = [held for held in self._held.values() if not held.busy and held.tokens]
            if not idle:
                return False
            self._evict(min(idle, key=lambda held: held.used))
        return True

    def release(self, held: Held) -> None:
        """The request is done; what its sequence holds stays for the next one."""
        held.busy = False
        self._touch(held)

    def tidy(self) -> bool:
        """Copy one idle sequence to ordinary memory, while nobody waits; False if none is left."""
        idle = [held for held in self._held.values() if not held.busy and held.tokens]
        for held in sorted(idle, key=lambda held: -held.used):
            length = len(held.tokens)
            if held.tidied == length or not _WORTH_SAVING <= length <= _MOST_TO_TIDY:
                continue
            held.tidied = length
            if not self._keeps(self._saved, held):
                self._save(held)
                return True
        return False

    def forget(self, held: Held) -> None:
        """Empty a sequence, whatever the decoder left in it."""
        self._decoder.cut(held.sequence, 0)
        self.shorten(held, 0)

    def shorten(self, held: Held, length: int) -> None:
        """Forget what a sequence holds from a position on; all of it where memory has no parts."""
        if length >= len(held.tokens):
            return
        if not self._decoder.cut(held.sequence, length):
            self._decoder.cut(held.sequence, 0)
            length = 0
        del held.tokens[length:]
        while held._runs and sum(size for _, size in held._runs[:-1]) >= length:
            run, _ = held._runs.pop()
            run.shares.pop(held.sequence, None)
        if held._runs:
            run, _ = held._runs[-1]
            rest = length - sum(size for _, size in held._runs[:-1])
            held._runs[-1] = (run, rest)
            run.shares[held.sequence] = rest

    # -- inside ------------------------------------------------------------------------------

    def _may_have(self, cells: int) -> bool:
        """Return whether so many cells are free once nothing idle is left."""
        return self._decoder.cells - _cells(h for h in self._held.values() if h.busy) >= cells

    def _best(self, wanted: list[int]) -> tuple[Held | _Saved | None, int]:
        best: Held | _Saved | None = None
        length = 0
        # Idle sequences first: among equals, taking one over is better than sharing.
        candidates: list[Held | _Saved] = [
            *sorted(self._held.values(), key=lambda held: held.busy),
            *self._saved,
        ]
        for candidate in candidates:
            if not candidate.tokens:
                continue
            common = common_beginning(candidate.tokens, wanted)
            if not self._decoder.partial and common < len(candidate.tokens):
                continue
            if isinstance(candidate, _Saved) and not _may_restore(candidate.tokens, common):
                continue
            if common > length:
                best, length = candidate, common
        return best, length

    def _take(self, held: Held, cached: int, room: int) -> tuple[Held, int] | None:
        held.busy = True
        self.shorten(held, cached)
        return self._with_room(held, len(held.tokens), room)

    def _with_room(self, held: Held, cached: int, room: int) -> tuple[Held, int] | None:
        self._touch(held)
        if self.make_room(room):
            self._clear_idle()
            return held, cached
        held.busy = False
        return None

    def _clear_idle(self) -> None:
        """Take idle cells out of the way of what is about to run; the oldest are copied first.

        What ordinary memory has no room for stays where it is, unless it is next to nothing.
        """
        idle = [held for held in self._held.values() if not held.busy and held.tokens]
        for held in sorted(idle, key=lambda held: held.used):
            if len(held.tokens) >= _WORTH_SAVING and not self._kept_elsewhere(held):
                self._save(held)
            if len(held.tokens) < _WORTH_SAVING or self._kept_elsewhere(held):
                self.shorten(held, 0)

    def _free_sequence(self, keep: Held | _Saved | None) -> Held | None:
        for held in self._held.values():
            if not held.busy and not held.tokens:
                return held
        idle = [held for held in self._held.values() if not held.busy and held is not keep]
        if not idle:
            return None
        oldest = min(idle, key=lambda held: held.used)
        self._evict(oldest)
        return oldest

    def _share(self, source: Held, target: Held, length: int) -> None:
        self._decoder.copy(source.sequence, target.sequence, length)
        target.tokens = source.tokens[:length]
        left = length
        for run, size in source._runs:
            share = min(size, left)
            if share > 0:
                run.shares[target.sequence] = share
                target._runs.append((run, share))
            left -= share
        self._touch(source)

    def _restore(self, saved: _Saved, target: Held, length: int) -> int:
        if not self.make_room(len(saved.tokens)):
            return 0
        if not self._decoder.restore(target.sequence, saved.memory):
            self._decoder.cut(target.sequence, 0)
            return 0
        self.grow(target, saved.tokens)
        self.shorten(target, length)
        return len(target.tokens)

    def _evict(self, held: Held) -> None:
        if len(held.tokens) >= _WORTH_SAVING and not self._kept_elsewhere(held):
            self._save(held)
        self.shorten(held, 0)

    def _kept_elsewhere(self, held: Held) -> bool:
        """Return whether a saved memory, or another sequence, holds all of its tokens, too."""
        return self._keeps([*self._held.values(), *self._saved], held)

    def _keeps(self, keepers: Sequence["Held | _Saved"], held: Held) -> bool:
        length = len(held.tokens)
        for keeper in keepers:
            if keeper is held or not _begins(keeper.tokens, held.tokens):
                continue
            # Where memory has no parts, a longer one is of no use for its beginning.
            usable = self._decoder.partial or len(keeper.tokens) == length
            if isinstance(keeper, _Saved):
                usable = usable and _may_restore(keeper.tokens, length)
            if usable:
                return True
        return False

    def _save(self, held: Held) -> None:
        covered = [saved for saved in self._saved if _begins(held.tokens, saved.tokens)]
        for saved in covered:
            self._saved.remove(saved)
        self._saved.append(_Saved(list(held.tokens), self._decoder.save(held.sequence), held.used))
        while self._saved and self.saved_bytes > self._limit:
            self._saved.remove(min(self._saved, key=lambda saved: saved.used))

    def _touch(self, held: Held) -> None:
        self._clock += 1
        held.used = self._clock


def common_beginning(first: Sequence[int], second: Sequence[int]) -> int:
    """Return how many tokens two sequences share at their beginning."""
    low, high = 0, min(len(first), len(second))
    # By halves: comparing slices is done in C, and prompts have thousands of tokens.
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _may_take(tokens: Sequence[int], cached: int) -> bool:
    """Return whether what follows the common beginning is little enough to be forgotten."""
    return cached >= _WORTH_SHARING and len(tokens) - cached <= max(_TAIL, len(tokens) // 10)


def _may_restore(tokens: Sequence[int], cached: int) -> bool:
    """Return whether the common beginning is worth the room and time that all the memory takes."""
    return cached >= _WORTH_SAVING and cached * _WORTH_RESTORING >= len(tokens)


def _cells(held: Iterable[Held]) -> int:
    """Return how many cells some sequences take, those that they share counted once."""
    lengths: dict[int, int] = {}
    for each in held:
        for run, length in each._runs:
            lengths[id(run)] = max(length, lengths.get(id(run), 0))
    return sum(lengths.values())


def _begins(tokens: Sequence[int], beginning: Sequence[int]) -> bool:
    return tokens[: len(beginning)] == beginning
