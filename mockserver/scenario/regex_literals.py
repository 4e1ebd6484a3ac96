"""What must stand in a text for a regular expression to be found in it, as far as that is easily told.

Read from the pattern itself, on the careful side: what is not surely a plain letter is a gap, and a construct
that is not known makes the answer "nothing is known". Case is left aside, as the reader of the answer must.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from mockserver.text.literals import BORDER

_MOST = 32
"""A pattern with more alternatives says too little to be worth it."""

TOKEN = re.compile(
    r"""
      \\(?P<escaped>[^0-9A-Za-z])
    | (?P<gap>\\[AbBdDsSwWZ] | [.^$] | \[\^?\]?(?:\\.|[^\]\\])*\] | \(\?[aimsu]+\))
    | (?P<open>\((?:(?!\?)|\?:|\?P<\w+>))
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<maybe>(?:[*?]|\{0*(?:,\d*)?\})[?+]?)
    | (?P<repeat>(?:\+|\{\d+(?:,\d*)?\})[?+]?)
    | (?P<unknown>[\\(\[])
    | (?P<letter>.)
    """,
    re.DOTALL | re.VERBOSE,
)


_WORD = re.compile(r"[0-9A-Za-z_]+")


class _UnknownError(Exception):
    """The pattern has something that is not read here."""


Required: TypeAlias = tuple[frozenset[str], ...]
"""Sets of texts: of each set at least one stands in every text that is meant; at the end of a word, if
`BORDER` stands behind it.
"""


def required_literals(pattern: re.Pattern[str]) -> Required:
    """What stands in every text where the pattern is found, case aside; nothing where that is not known."""
    if pattern.flags & re.VERBOSE or BORDER in pattern.pattern:
        return ()
    try:
        return _Reader(pattern.pattern, is_ascii=bool(pattern.flags & re.ASCII)).options()
    except (_UnknownError, RecursionError):
        return ()


class _Reader:
    def __init__(self, pattern: str, *, is_ascii: bool) -> None:
        self._is_ascii = is_ascii
        self._tokens = [(str(token.lastgroup), token) for token in TOKEN.finditer(pattern)]
        self._at = 0

    def options(self) -> Required:
        """What the alternatives up to the end of the group require: something of each, or nothing at all."""
        required = [self._series()]
        while self._next() == "bar":
            required.append(self._series())
        if len(required) == 1:
            return required[0]
        best = [max(alternative, key=_worth, default=frozenset()) for alternative in required]
        together = frozenset[str]().union(*best)
        return (together,) if all(best) and len(together) <= _MOST else ()

    def _next(self) -> str:
        """The kind of the next token, which is taken; "" at the end."""
        self._at += 1
        return self._tokens[self._at - 1][0] if self._at <= len(self._tokens) else ""

    def _series(self) -> Required:
        """What one alternative requires; its end is left to be read."""
        found: list[frozenset[str]] = []
        run = ""
        while (kind := self._next()) not in ("", "bar", "close"):
            match kind:
                case "letter":
                    run += self._tokens[self._at - 1][1][0]
                    continue
                case "escaped":
                    run += self._tokens[self._at - 1][1]["escaped"]
                    continue
                case "maybe":  # without its last letter, which may be missing
                    found.append(frozenset([run[:-1]]))
                case "open":
                    found += [frozenset([run]), *self._group()]
                case "unknown":
                    raise _UnknownError
                case "gap" if self._ends_word(run):
                    found.append(frozenset([run + BORDER]))
                case _:
                    found.append(frozenset([run]))
            run = ""
        self._at -= 1
        return tuple(required for required in (*found, frozenset([run])) if _worth(required))

    def _ends_word(self, run: str) -> bool:
        """Whether the letters must end a word here: where the border is one for all letters, not for those of
        ASCII alone.
        """
        is_border = self._tokens[self._at - 1][1][0] == r"\b" and self._behind() not in ("maybe", "repeat")
        return is_border and not self._is_ascii and bool(_WORD.fullmatch(run))

    def _behind(self) -> str:
        """The kind of the token that comes next."""
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _group(self) -> Required:
        required = self.options()
        return () if self._behind() == "maybe" else required


def _worth(required: frozenset[str]) -> int:
    return min(map(len, required), default=0)
