"""Strings of an answer that are its own: ids, signatures. They follow from its identity, so that they are the
same in every run. No I/O, no clock.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from hashlib import blake2b

from mockserver.values import dataclass

ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
HEX = "0123456789abcdef"

_TABLES = {
    alphabet: bytes(ord(alphabet[byte % len(alphabet)]) for byte in range(256))
    for alphabet in (ALPHANUMERIC, BASE58, HEX)
}


@dataclass(frozen=True, slots=True)
class Identified:
    """What strings of an answer are drawn from that are its own: ids, signatures. `identity` follows from
    seed, namespace, body and how often that body was seen.
    """

    identity: bytes = b""

    def token(self, label: str, length: int, alphabet: str = ALPHANUMERIC) -> str:
        """A string of `length` letters of `alphabet`: always the same for the same label in this context."""
        digest = blake2b(label.encode(), key=self.identity, digest_size=64).digest()
        return digest[:length].translate(_TABLES[alphabet]).decode()

    def derived(
        self, make: Callable[[str], str], label: str, length: int, alphabet: str = ALPHANUMERIC
    ) -> str:
        """What `make` makes of a token: a string that follows from it in another way than letter by letter,
        and is of the same length for all tokens that are. A template of an answer can have it made anew, as
        it can draw a token anew.
        """
        return make(self.token(label, length, alphabet))

    def random(self, label: str) -> random.Random:
        """A generator of its own for each label."""
        return random.Random(blake2b(label.encode(), key=self.identity).digest())  # noqa: S311 - not for secrets


def drawing(tokens: Iterable[tuple[str, int, str]]) -> Callable[[bytes], list[bytes]]:
    """What draws these tokens of any identity, as `Identified.token` does, for who draws them often."""
    rows = [(label.encode(), length, _TABLES[alphabet]) for label, length, alphabet in tokens]

    def drawn(identity: bytes) -> list[bytes]:
        copy = blake2b(key=identity, digest_size=64).copy
        made = []
        for label, length, table in rows:
            own = copy()
            own.update(label)
            made.append(own.digest()[:length].translate(table))
        return made

    return drawn
