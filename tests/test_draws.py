"""Strings that are drawn again and again come out as a context gives them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest

from mockserver.draws import Draw
from mockserver.protocols.base import ALPHANUMERIC, BASE58, HEX, Context, keyed

IDENTITIES = [f"identity {number}".encode() for number in range(300)]
"""So many that short tokens come again."""


def a_number(context: Context) -> str:
    return str(200 + int(context.token("ms", 2, HEX), 16))


def a_proof(context: Context, number: int) -> str:
    return b64encode(context.token(f"proof {number}", 64).encode()).decode()


def the_same_token_twice(context: Context) -> str:
    return context.token("a", 8) + context.token("a", 8).lower()


def two_tokens(context: Context, prefix: str) -> str:
    return prefix + context.token("a", 2)[::-1] + context.token("b", 2)


def nothing_drawn(_: Context) -> str:
    return "the same"


@pytest.mark.parametrize(
    ("make", "args"),
    [
        (a_number, ()),
        (a_proof, (1,)),
        (the_same_token_twice, ()),
        (two_tokens, ("x-",)),
        (nothing_drawn, ()),
    ],
)
def test_what_is_derived_comes_out_as_it_is_made(
    make: Callable[..., str], args: tuple[str | int, ...]
) -> None:
    drawn = Draw(make, args).drawn

    for identity in IDENTITIES:
        assert drawn(keyed(identity)) == make(Context(identity=identity), *args).encode()


@pytest.mark.parametrize(
    "asked", [("id", 29, ALPHANUMERIC), ("a", 0, HEX), ("b", 64, HEX), ("c", 22, BASE58)]
)
def test_tokens_come_out_as_a_context_gives_them(asked: tuple[str, int, str]) -> None:
    drawn = Draw(Context.token, asked).drawn

    for identity in IDENTITIES:
        assert drawn(keyed(identity)) == Context(identity=identity).token(*asked).encode()


def test_what_is_derived_from_a_short_token_is_made_once_for_each() -> None:
    made = list[str]()

    def a_letter(context: Context) -> str:
        made.append(context.token("a", 1, HEX))
        return made[-1].upper()

    drawn = Draw(a_letter, ()).drawn
    for identity in IDENTITIES:
        drawn(keyed(identity))

    assert len(made) == 1 + len(HEX)  # once to see what it asks for
