"""Two texts in columns, as a person compares them."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from mockserver.authoring.side_by_side import columns

LONG = "data: " + "".join(f"[{number:03}]" for number in range(60)) + "}"


def shown(left: list[str], right: list[str], width: int = 23, *, full: bool = False) -> list[str]:
    return list(columns(left, right, width, full=full))


def test_lines_that_differ_are_marked() -> None:
    assert shown(["head", "same", "one", "gone"], ["head", "same", "ones", "new!"]) == [
        "head         head",
        "same         same",
        "one        | ones",
        "gone       <",
        "           > new!",
    ]


def test_a_line_that_one_has_more_moves_no_other_one() -> None:
    assert shown(["a", "b", "c"], ["a", "extra", "b", "c"]) == [
        "a            a",
        "           > extra",
        "b            b",
        "c            c",
    ]


def test_lines_that_were_changed_stand_side_by_side_though_others_are_missing() -> None:
    assert shown(["id: 1 x", "id: 2 y", "id: 3 z"], ["id: 1", "id: 3"]) == [
        "id: 1 x    | id: 1",
        "id: 2 y    <",
        "id: 3 z    | id: 3",
    ]


def test_what_is_alike_is_left_out_but_for_a_little_around() -> None:
    lines = [str(number) for number in range(20)]

    assert shown([*lines, "the end"], [*lines, "the others"]) == [
        "0            0",
        "1            1",
        "           ⋮ (16 lines alike)",
        "18           18",
        "19           19",
        "the end    | the others",
    ]
    assert len(shown([*lines, "the end"], [*lines, "the others"], full=True)) == 21


def test_lines_that_are_alike_between_such_that_differ_are_left_out_with_them() -> None:
    left = [line for number in range(12) for line in ("event: delta", f"data: {number:02} and more")]
    right = [line for number in range(12) for line in ("event: delta", f"data: {number:02}")]

    rows = shown(left, right, 43)

    assert rows[:3] == [
        "event: delta           event: delta",
        "data: 00 and more    | data: 00",
        "event: delta           event: delta",
    ]
    assert "                     ⋮ (14 more)" in rows
    assert rows[-1] == "data: 11 and more    | data: 11"


def test_what_one_has_instead_of_much_is_shown_however_much_that_is() -> None:
    left = [f"left {number}" for number in range(30)]

    rows = shown(["head", *left], ["head", "and that", "is it"], 43)

    assert rows[7] == "                     ⋮ (21 more)"
    assert rows[-2:] == ["                     > and that", "                     > is it"]


def test_statuses_stand_side_by_side() -> None:
    assert shown(["HTTP/1.1 200 OK"], ["HTTP/1.1 503 Service Unavailable"], 83) == [
        "HTTP/1.1 200 OK                          | HTTP/1.1 503 Service Unavailable"
    ]


def test_of_long_lines_what_differs_is_shown_with_a_little_around() -> None:
    other = LONG.replace("[030]", "[xxx]")

    (row,) = shown([LONG], [other], 113)

    left, right = row.split(" | ")
    assert left.strip() == "data: …026][027][028][029][030][031][032][033][034…"
    assert right == "data: …026][027][028][029][xxx][031][032][033][034…"


def test_a_long_line_that_is_much_like_the_one_before_is_shown_by_what_it_says_otherwise() -> None:
    other = LONG.replace("[030]", "[xxx]")

    (_, row) = shown([LONG, other], [LONG, other], 103)

    assert "…026][027][028][029][xxx][031]" in row
    assert row.count("…") == 4


def test_a_long_line_without_another_is_folded_and_of_a_very_long_one_the_middle_is_left_out() -> None:
    rows = shown(["a"], ["a", LONG], 43)

    assert rows[1:] == [
        "                     > data: [000][001][002",
        "                     > ][003][004][005][006",
        "                     > ⋮",
        "                     > ][059]}",
    ]


def test_a_blank_line_belongs_to_the_one_before_it() -> None:
    rows = shown(["head", "", "data: x", ""], ["head", "", "data: x"], 43)

    assert rows[0] == "head                   head"
    assert rows[2] == "data: x… ⏎           | data: x…"


def test_what_a_terminal_would_not_show_is_written_out() -> None:
    (row,) = shown(["a\ufeff"], ["a\x1b"])

    assert row == "a\\ufeff    | a\\x1b"


def test_wide_characters_keep_the_columns_in_place() -> None:
    assert shown(["東京"], ["東京!"]) == ["東京       | 東京!"]


@given(st.lists(st.text(max_size=80), max_size=30), st.lists(st.text(max_size=80), max_size=30))
def test_no_row_is_wider_than_told(left: list[str], right: list[str]) -> None:
    for row in columns(left, right, 61):
        assert sum(wide(character) for character in row) <= 61


@given(
    st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=12), st.lists(st.sampled_from("abc"), max_size=12)
)
def test_marks_tell_apart_what_is_the_same_and_what_is_not(left: list[str], right: list[str]) -> None:
    rows = list(columns(left, right, 23, full=True))

    assert all(row[11:12] in {"", " "} for row in rows) == (left == right)


def wide(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
