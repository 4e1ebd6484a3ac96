"""A name server as that of Docker: it knows where the replicas are that run now."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType
from typing import Self

_A, _IN, _HEADER = 1, 1, struct.Struct("!6H")
_ANSWERS, _NO_SUCH_NAME = 0x8180, 0x8183


class Names:
    """While the context lasts, whoever asks for the address of any name is told `addresses`."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            asked, client = self._socket.recvfrom(1500)
            if not asked:
                return
            self._socket.sendto(self._answer(asked), client)

    def _answer(self, asked: bytes) -> bytes:
        number = int.from_bytes(asked[:2])
        end = asked.index(0, _HEADER.size) + 5
        question = asked[_HEADER.size : end]
        wanted = int.from_bytes(question[-4:-2])
        found = self.addresses if wanted == _A else []
        records = (
            struct.pack("!HHHIH4s", 0xC00C, _A, _IN, 1, 4, socket.inet_aton(address)) for address in found
        )
        told = _ANSWERS if self.addresses else _NO_SUCH_NAME
        return _HEADER.pack(number, told, 1, len(found), 0, 0) + question + b"".join(records)
