from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import FailedBlock
from spark_desktop.viewmodels.diff_rows import FoldRow
from spark_desktop.viewmodels.diff_search import MOST, DiffSearch, Match, row_of
from spark_desktop.viewmodels.diff_sheet import Sheet
from spark_desktop.viewmodels.diff_sheets import Layout, Shown, in_order, lines_of, sheet_of

BEFORE = "".join(f"value {n}\n" for n in range(60))
AFTER = BEFORE.replace("value 10\n", "Value ten\n").replace("value 50\n", "")


def sheet(*, is_split: bool = False, failed: tuple[FailedBlock, ...] = ()) -> Sheet:
    hunks = in_order(compute("f", "", BEFORE, AFTER).hunks)
    return sheet_of(Shown(lines_of(BEFORE), hunks, failed=failed), Layout(is_split=is_split))


def test_every_line_is_searched_also_those_that_are_folded_away() -> None:
    search = DiffSearch()
    assert search.search("VALUE", sheet()) == 61
    assert search.search("value 30", sheet()) == 1
    assert isinstance(sheet()[row_of(search.matches[0], sheet())], FoldRow)


def test_side_by_side_it_is_found_as_often() -> None:
    search = DiffSearch()
    assert search.search("value", sheet(is_split=True)) == 61


def test_matches_go_from_top_to_bottom_and_round_the_ends() -> None:
    search = DiffSearch()
    search.search("ten", sheet())
    assert search.step(1) == Match(("new", 10), 6, 9)
    assert (search.ordinal, len(search.matches)) == (1, 1)
    assert search.step(1) == search.match
    search.search("value 1", sheet())
    assert search.step(-1) == search.matches[-1]
    search.step(1)
    assert search.ordinal == 1


def test_it_begins_at_the_row_that_is_in_view() -> None:
    search = DiffSearch()
    search.search("value", sheet())
    below = sheet().near_old(50)
    assert search.start_at(sheet(), below) == Match(("old", 50), 0, 5)
    assert search.start_at(sheet(), 10_000) == search.matches[0]


def test_the_current_match_stays_while_it_is_there() -> None:
    search = DiffSearch()
    search.search("value 5", sheet())
    match = search.step(1)
    search.search("value 5", sheet(is_split=True))
    assert search.match == match
    search.search("nowhere", sheet())
    assert search.match is None
    assert search.step(1) is None
    assert search.start_at(sheet(), 0) is None


def test_what_a_model_wrote_without_a_place_is_found() -> None:
    found = sheet(failed=(FailedBlock("f", (), ("needle\n",), "No place."),))
    search = DiffSearch()
    assert search.search("needle", found) == 1
    row = row_of(search.matches[0], found)
    assert found[row].text == "needle"
    assert search.marks(found[row]) == ((0, 6, False),)
    assert search.rows(found) == [row]


def test_a_row_knows_its_matches_and_which_is_the_current_one() -> None:
    search, rows = DiffSearch(), sheet()
    search.search("value 9", rows)
    search.step(1)
    row = rows[rows.near_old(9)]
    assert search.marks(row) == ((0, 7, True),)
    assert search.marks(row, of_new=True) == ((0, 7, False),)
    assert search.marks(rows[0]) == ()


def test_there_is_an_end_to_counting() -> None:
    many = sheet_of(Shown(["a" * 200] * 100))
    assert DiffSearch().search("a", many) == MOST


def test_letters_that_are_two_in_lower_case_do_not_move_what_is_behind_them() -> None:
    search = DiffSearch()
    assert search.search("x", sheet_of(Shown(["İx"]))) == 1
    assert search.matches[0].start == 1
