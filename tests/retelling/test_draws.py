"""Strings that are drawn again and again come out as a context gives them."""

from __future__ import annotations

from mockserver.protocols.base import Context
from mockserver.protocols.drawing import ALPHANUMERIC, BASE58, HEX
from mockserver.retelling.draws import SECONDS, Draw, Draws, Token

IDENTITIES = [f"identity {number}".encode() for number in range(300)]
"""So many that short tokens come again."""

ID = Token("id", 29, ALPHANUMERIC)
SHORT = Token("ms", 2, HEX)
TOKENS = [ID, SHORT, Token("none", 0, HEX), Token("long", 64, BASE58)]


def a_number(digits: str) -> str:
    return str(200 + int(digits, 16))


def test_each_string_comes_out_as_a_context_gives_it() -> None:
    draws = Draws([Draw(SHORT, a_number), *map(Draw, TOKENS), Draw(ID, str.lower)])

    for identity in IDENTITIES:
        context = Context(identity=identity)
        given = [
            context.derived(draw.make, *draw.token) if draw.make else context.token(*draw.token)
            for draw in draws.listed
            if isinstance(draw, Draw)
        ]
        assert [made.decode() for made in draws.draw(identity, 0)] == given


def test_the_time_is_told_in_whole_seconds() -> None:
    draws = Draws([*SECONDS, Draw(SHORT), *SECONDS])

    assert draws.listed == (Draw(SHORT), *SECONDS)
    assert draws.draw(b"", 1_700_000_000.75)[1:] == [b"1700000000", b"2023-11-14T22:13:20Z"]


def test_a_token_is_drawn_once_whatever_is_derived_from_it() -> None:
    draws = Draws([Draw(ID, str.lower), Draw(ID), Draw(ID, str.upper), Draw(ID, str.lower)])

    assert draws.listed == (Draw(ID), Draw(ID, str.lower), Draw(ID, str.upper))


def test_what_is_derived_from_a_short_token_is_made_once_for_each() -> None:
    made = list[str]()

    def a_letter(digit: str) -> str:
        made.append(digit)
        return digit.upper()

    draws = Draws([Draw(Token("a", 1, HEX), a_letter)])
    for identity in IDENTITIES:
        draws.draw(identity, 0)

    assert sorted(made) == sorted(HEX)
