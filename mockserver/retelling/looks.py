"""Which headers are looked at where it is decided how a request is answered. Requests that differ in no
others get the same answer: clients and proxies send some, such as ids for tracing, that nobody looks at.

Nobody says which those are, it is seen: the headers of a request note who looks at them. No I/O, no clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.conversation import Http

_MOST = 100
"""Names; scenarios may ask for ever new ones."""


class Looks:
    """The headers that anybody has looked at so far. Whenever there are more it is another `epoch`, in which
    nothing holds any more that was told apart before.
    """

    def __init__(self) -> None:
        self.epoch = 0
        self._names: dict[str, None] = {}
        self._at_all = False

    def through(self, http: Http) -> Http:
        """The same request, so that looks at its headers are noted."""
        headers = Watched(http.headers, self)
        return Http(
            http.method, http.path, headers, http.query, http.body, http.params, http.key, http.origin
        )

    def head(self, http: Http) -> tuple[object, ...]:
        """What anybody would see of a request besides its body and its key."""
        headers = http.headers.headers if isinstance(http.headers, Watched) else http.headers
        seen = headers.items() if self._at_all else map(headers.get, self._names)
        head = self.epoch, http.path, http.method, http.origin
        return *head, len(http.query), *http.query.items(), *seen

    def note(self, name: str) -> None:
        """Note a look at a header, be it there or not."""
        if name not in self._names:
            if len(self._names) >= _MOST:
                self._names.clear()
            self._names[name] = None
            self.epoch += 1

    def note_all(self) -> None:
        """Note a look at whatever headers there are."""
        if not self._at_all:
            self._at_all = True
            self.epoch += 1


class Watched(Mapping[str, str]):
    """The headers of a request, which note who looks at them."""

    __slots__ = ("_looks", "headers")

    def __init__(self, headers: Mapping[str, str], looks: Looks) -> None:
        self.headers = headers
        self._looks = looks

    def __getitem__(self, name: str) -> str:
        self._looks.note(name)
        return self.headers[name]

    def get(self, name: str, default: Any = None) -> Any:
        self._looks.note(name)
        return self.headers.get(name, default)

    def __contains__(self, name: object) -> bool:
        self._looks.note(str(name))
        return name in self.headers

    def __iter__(self) -> Iterator[str]:
        self._looks.note_all()
        return iter(self.headers)

    def __len__(self) -> int:
        self._looks.note_all()
        return len(self.headers)

    def __repr__(self) -> str:
        return repr(self.headers)
