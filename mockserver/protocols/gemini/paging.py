"""Pages of a list: how many entries, from where on, and the token of the next page.

Mirrors "List pagination" of Google's API guides (AIP-158, 2026-11). Knows no list in particular.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from mockserver.conversation import Failure, Http, JsonObject
from mockserver.protocols.gemini.wording import failure_with, invalid_value
from mockserver.values import dataclass

Item = TypeVar("Item")

_DEFAULT = 50
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """The entries from `start` on, `size` at most."""

    start: int
    size: int

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[self.start : self.start + self.size]

    def next(self, items: Sequence[Item]) -> JsonObject:
        """The token of the page behind this one; nothing on the last."""
        end = self.start + self.size
        return {"nextPageToken": _token(end)} if end < len(items) else {}


def page_of(http: Http) -> Page | Failure:
    """The page that is asked for."""
    size = _size(http.query.get("pageSize", ""))
    start = _start(http.query.get("pageToken", ""))
    if isinstance(size, Failure):
        return size
    return start if isinstance(start, Failure) else Page(start, size)


def _size(text: str) -> int | Failure:
    if not text:
        return _DEFAULT
    try:
        size = int(text)
    except ValueError:
        return failure_with([invalid_value("page_size", "TYPE_INT32", f'"{text}"')])
    return min(size, _MOST) if size > 0 else _DEFAULT


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"start={start}".encode()).decode()


def _start(token: str) -> int | Failure:
    if not token:
        return 0
    try:
        name, _, start = base64.urlsafe_b64decode(token).decode().partition("=")
        if name == "start" and start.isdecimal():
            return int(start)
    except (binascii.Error, ValueError):
        pass
    return Failure("invalid_request", message="Page token is not valid: ask for the first page without one.")
