"""Digests of long bodies, gone on with from where a body that begins alike has been digested before.

The digest is that of all bytes, whatever is known of them. An agent sends all of its conversation again, and
to see how much is the same takes a tenth of the time that it takes to digest it. Bounded; in the memory of
a process.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import blake2b

from mockserver.history.latest import Latest, is_gone_on
from mockserver.values import dataclass

_BLOCK = 8 * 1024
"""Bytes. Behind each so many the digest is kept."""


@dataclass(frozen=True, slots=True)
class _Digested:
    """A body, its whole blocks, and how far the digest was behind each; `head` was digested before it."""

    head: bytes
    body: bytes
    blocks: Sequence[bytes]
    made: Sequence[blake2b]

    def in_common(self, head: bytes, body: bytes) -> int:
        """How many first blocks a body has in common with this one."""
        if head != self.head:
            return 0
        for number, block in enumerate(self.blocks):
            if not body.startswith(block, number * _BLOCK):
                return number
        return len(self.blocks)


class _Compared(threading.local):
    """The latest two bodies that were compared, and how many first bytes they have in common at least; for
    each thread its own, since each may serve.
    """

    known: bytes = b""
    body: bytes = b""
    size: int = 0


_COMPARED = _Compared()


def in_common(known: bytes, body: bytes) -> int:
    """How many first bytes a body is known to have in common with one before: what was compared to digest it
    need not be compared once more. 0 where nothing is known.
    """
    is_told = _COMPARED.known is known and _COMPARED.body is body
    return _COMPARED.size if is_told else 0


class LongDigests:
    """The latest long bodies, as far as they are digested."""

    def __init__(self) -> None:
        self._known: Latest[_Digested] = Latest(lambda known: len(known.blocks))

    def digested(self, made: blake2b, head: bytes, body: bytes) -> blake2b:
        """What digests a body behind the `head`, which `made` has digested already."""
        best, same = self.like(head, body)
        blocks, states = (best.blocks[:same], best.made[:same]) if best else ((), ())
        if best:
            _COMPARED.known, _COMPARED.body, _COMPARED.size = best.body, body, same * _BLOCK
        if best and is_gone_on(same, len(best.blocks)):
            self._known.drop(best)  # its place is that of the new one
        made = (states[-1] if states else made).copy()
        new, more = [], []
        for at in range(same * _BLOCK, len(body) - _BLOCK + 1, _BLOCK):
            new.append(body[at : at + _BLOCK])
            made.update(new[-1])
            more.append(made.copy())
        known = _Digested(head, body, (*blocks, *new), (*states, *more))
        self._known.put(known, len(body))
        made.update(body[len(known.blocks) * _BLOCK :])
        return made

    def like(self, head: bytes, body: bytes) -> tuple[_Digested | None, int]:
        """The body that this one has most in common with, and how many blocks."""
        return self._known.best(lambda known, _: known.in_common(head, body))
