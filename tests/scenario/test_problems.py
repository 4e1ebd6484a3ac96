"""The picture of a problem."""

from __future__ import annotations

import pytest

from mockserver.scenario.place import Place
from mockserver.scenario.problems import Problem, counted, did_you_mean, quoted, render, render_all


def test_a_problem_shows_title_place_line_caret_and_how_to_mend_it() -> None:
    place = Place("hello.yaml", 3, 10, "  usr: hello")
    expected = (
        "error: unknown key `usr`\n"
        " --> hello.yaml:3:10\n"
        "  |\n"
        "3 |   usr: hello\n"
        "  |          ^\n"
        "  = did you mean `user`?\n"
    )

    actual = render(Problem(place, "unknown key `usr`", "did you mean `user`?"))

    assert expected == actual


def test_the_gutter_is_as_wide_as_the_line_number() -> None:
    shown = render(Problem(Place("a.yaml", 1234, 1, "x"), "what"))

    assert shown == "error: what\n    --> a.yaml:1234:1\n     |\n1234 | x\n     | ^\n"


def test_a_whole_file_has_no_line() -> None:
    shown = render(Problem(Place("a.yaml", 0, 0), "there is no such file", "look again"))

    assert shown == "error: there is no such file\n --> a.yaml\n  = look again\n"


@pytest.mark.parametrize(
    ("before", "blank"),
    [
        ("ab", "  "),
        ("\t", "\t"),
        ("日本", "    "),
        ("e\N{COMBINING ACUTE ACCENT}", " "),
    ],
)
def test_the_caret_stands_under_its_place_however_wide_the_text_is(before: str, blank: str) -> None:
    caret = render(Problem(Place("a", 1, len(before) + 1, f"{before}x"), "what")).splitlines()[-1]

    assert caret == f"  | {blank}^"


def test_a_long_line_is_shown_around_the_caret() -> None:
    source = "a" * 300 + "HERE" + "b" * 300

    lines = render(Problem(Place("a", 1, 301, source), "what")).splitlines()

    assert len(lines[3]) <= 110
    assert lines[3][lines[4].index("^") :].startswith("HERE")


@pytest.mark.parametrize("nasty", ["\x1b[31m", "\ud800", "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_nothing_in_a_file_can_disturb_the_terminal(nasty: str) -> None:
    shown = render(Problem(Place(f"{nasty}.yaml", 1, 1, nasty), f"bad {quoted(nasty)}", nasty))

    assert nasty not in shown
    assert shown.encode()


def test_several_problems_stand_apart() -> None:
    problem = Problem(Place("a", 0, 0), "what")

    assert render_all([problem, problem]) == "error: what\n --> a\n\nerror: what\n --> a\n"


def test_a_slip_gets_the_nearest_name() -> None:
    assert did_you_mean("Usre", ["model", "user"]) == "did you mean `user`?"


def test_a_far_word_gets_the_list_of_names() -> None:
    assert did_you_mean("xyz", ["model", "user"]) == "choose from `model`, `user`"


def test_a_long_list_of_names_is_cut() -> None:
    assert did_you_mean("xyz", [f"n{number}" for number in range(30)]).endswith("`n19`, …")


def test_where_there_are_no_names_that_is_said() -> None:
    assert did_you_mean("x", []) == "there is none to choose from"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a\nb", "`a b`"), ("x" * 50, f"`{'x' * 39}…`"), ({"a": 1}, '`{"a":1}`')],
)
def test_a_quoted_value_is_short_and_on_one_line(value: object, shown: str) -> None:
    assert quoted(value) == shown


def test_one_thing_is_singular() -> None:
    assert (counted(1, "file"), counted(1200, "file")) == ("1 file", "1,200 files")
