"""The laws of patches on invented texts; those of ``python -m benchmarks history``.

Each is tried on as many pairs of texts as ``law_cases`` says.
"""

import shutil
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law_cases import cases, law

from benchmarks.history_laws import GitApply, Tally, check

# Pairs in one example, and so in one run of git.
PAIRS = 20
CASES = cases(160)

ENDINGS = st.sampled_from(["\n", "\n", "\n", "\r\n"])
WORDS = st.sampled_from(
    ["a", "b", "c d", "c e", "", "    x", "-- y", "++ z", "@@ -1 +1 @@", "\\ No", "\f", "é", "\0"]
)
LINES = st.lists(st.builds(lambda word, end: word + end, WORDS, ENDINGS), max_size=14)
LAST = st.sampled_from(["", "", "z", "a"])


@st.composite
def versions(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts that have nothing to do with one another, or the second edited from the first."""
    before = draw(LINES)
    if draw(st.booleans()):
        after = draw(LINES)
    else:
        after = list(before)
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(after)))
            after[at : at + draw(st.integers(0, 2))] = draw(LINES)[:2]
    return "".join(before) + draw(LAST), "".join(after) + draw(LAST)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=max(1, CASES // PAIRS), deadline=None)
@given(st.lists(versions(), min_size=PAIRS, max_size=PAIRS), st.integers(0, 2**32))
def test_every_law_holds_for_any_two_texts(pairs: list[tuple[str, str]], seed: int) -> None:
    tally = Tally()
    git = GitApply(tally)
    chance = Random(seed)
    for before, after in pairs:
        check(f"{before!r} to {after!r}", before, after, chance, tally, git, 3)
    git.run()
    assert tally.failures == []


@law
@given(st.text(alphabet="ab\n\r", max_size=24), st.text(alphabet="ab\n\r", max_size=24))
def test_every_law_but_gits_holds_for_any_line_endings(before: str, after: str) -> None:
    tally = Tally()
    check("", before, after, Random(len(before)), tally, GitApply(tally), 0)
    assert tally.failures == []
