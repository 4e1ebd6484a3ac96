"""How the strings of an answer that are its own are drawn, where it is told again and again: its tokens, and
what is derived from them. They come out as `mockserver.protocols.base` makes them. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

from mockserver.protocols.base import ALPHANUMERIC, Context, drawing, keyed
from mockserver.values import dataclass

_SHORT = 3
"""Letters of a token of which there are so few that what is derived from them is kept."""

_MADE = 4_096

_Token: TypeAlias = tuple[str, int, str]
"""A label, a length and an alphabet."""


@dataclass(frozen=True, slots=True)
class Draw:
    """How a context is asked for a string."""

    make: Callable[..., str]
    args: tuple[Any, ...]

    @property
    def is_token(self) -> bool:
        return self.make is Context.token

    @property
    def drawn(self) -> Callable[[blake2b], bytes]:
        """What draws it for the identity that hashes are keyed with."""
        if self.is_token:
            return drawing(*self.args)
        tokens = _Tokens(keyed(b""))
        self.make(tokens, *self.args)
        if len(tokens.given) != 1:
            return lambda own: self.make(_Tokens(own), *self.args).encode()
        return self._from_token(*tokens.given)

    def _from_token(self, asked: _Token) -> Callable[[blake2b], bytes]:
        """The same for what is derived from this token alone."""

        def derive(token: bytes) -> bytes:
            return self.make(_Tokens(nobody, {asked: token.decode()}), *self.args).encode()

        draw, nobody = drawing(*asked), keyed(b"")
        derived = lru_cache(_MADE)(derive) if asked[1] <= _SHORT else derive
        return lambda own: derived(draw(own))


@dataclass(slots=True)
class _Tokens:
    """What a string is derived from, in place of a context: tokens, of which it is noted which were given."""

    keyed: blake2b
    given: dict[_Token, str] = field(default_factory=dict)

    def token(self, label: str, length: int, alphabet: str = ALPHANUMERIC) -> str:
        asked = label, length, alphabet
        if asked not in self.given:
            self.given[asked] = drawing(*asked)(self.keyed).decode()
        return self.given[asked]
