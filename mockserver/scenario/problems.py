"""What is wrong in a scenario, and its one picture: title, arrow, source line, caret, how to mend it.

The same picture shows a mistake found while loading and an expectation that failed while serving, so a reader
learns it once. Text for people is made here and nowhere else; no file is read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Literal

from mockserver.conversation import Json, json_text
from mockserver.scenario.place import Place
from mockserver.values import dataclass

WIDEST_LINE = 100
LONGEST_QUOTE = 40
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """Where, what, and how to mend it. A place without a line is a whole file. A warning keeps nobody from
    being served.
    """

    place: Place
    what: str
    mend: str = ""
    level: Literal["error", "warning"] = "error"


class ProblemError(Exception):
    """Ends the reading of one value; whoever reads what is around it takes the problem down and goes on."""

    def __init__(self, place: Place, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.problem = Problem(place, what, mend)


def render_all(problems: Iterable[Problem]) -> str:
    return "\n".join(map(render, problems))


def render(problem: Problem) -> str:
    """The picture of one problem, ending with a newline."""
    place = problem.place
    gutter = " " * len(str(place.line))
    lines = [f"{problem.level}: {_one_line(problem.what)}"]
    lines.append(f"{gutter}--> {_one_line(str(place) if place.line else place.file)}")
    if place.line:
        lines += _source_lines(place, gutter)
    if problem.mend:
        lines.append(f"{gutter} = {_one_line(problem.mend)}")
    return "\n".join(lines) + "\n"


def _source_lines(place: Place, gutter: str) -> list[str]:
    # A line too long for a terminal is shown from a little before the caret on.
    start = max(0, place.column - WIDEST_LINE // 2) if len(place.source) > WIDEST_LINE else 0
    shown = "".join(map(_visible, place.source[start : start + WIDEST_LINE]))
    before = place.source[start : place.column - 1]
    caret = "".join(map(_blank, before)) + "^"
    return [f"{gutter} |", f"{place.line} | {shown}".rstrip(), f"{gutter} | {caret}"]


def _one_line(text: str) -> str:
    return "".join(" " if character in "\n\t" else _visible(character) for character in text)


def _visible(character: str) -> str:
    return character if character == "\t" or character.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _blank(character: str) -> str:
    """As much empty space as the character is wide, so that the caret stands under its place."""
    if character == "\t":
        return "\t"
    if unicodedata.combining(character):
        return ""
    return "  " if unicodedata.east_asian_width(character) in "WF" else " "


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """The hint for a word that is none of `names`."""
    known = list(names)
    # The search is quadratic in the length of the word, and no name is long.
    from difflib import get_close_matches

    close = get_close_matches(word.lower(), known, n=1) if len(word) <= LONGEST_QUOTE else []
    if close:
        return f"did you mean `{close[0]}`?"
    more = ", …" if len(known) > MOST_NAMES else ""
    return f"choose from {listed(known[:MOST_NAMES])}{more}" if known else "there is none to choose from"


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def quoted(value: Json) -> str:
    """A value of the file inside a message, on one line and not too long."""
    text = value if isinstance(value, str) else json_text(value)
    short = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return f"`{_one_line(short)}`"


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
