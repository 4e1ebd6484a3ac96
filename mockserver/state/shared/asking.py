"""Acts on the shared state, as commands of scripts: what every part of it asks Redis by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from hashlib import blake2b
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mockserver.state.shared import errands, journal_scripts, scripts
from mockserver.state.shared.link import TIMEOUT, Command, Link, Replies
from mockserver.state.shared.scripts import Bounds, Script, digest
from mockserver.values import dataclass

PREFIX = "mockserver:"
TTL = 86_400
"""Seconds for which is kept what nobody uses."""
_LONGEST = 31 * 86_400
_LONGEST_TIMEOUT = 60.0
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")

Argument = str | bytes | int


class AddressError(ValueError):
    """Where state is to be shared cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Which Redis, under which prefix all names stand, how long what is not used is kept, and within how many
    seconds Redis has to answer.
    """

    url: str
    prefix: str = PREFIX
    ttl: int = TTL
    timeout: float = TIMEOUT


def read_address(text: str) -> Address:
    """The address of `redis://host:6379/0?prefix=mine:&ttl=60&timeout=2`. AddressError says what will do."""
    parts = urlsplit(text)
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise AddressError(
            f"State cannot be kept in {text!r}: give redis://HOST:PORT/DB, rediss:// or unix://"
        )
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    prefix = query.pop("prefix", PREFIX)
    ttl = query.pop("ttl", str(TTL))
    if not (ttl.isascii() and ttl.isdigit() and 0 < int(ttl) <= _LONGEST):
        raise AddressError(f"`ttl` cannot be {ttl!r}: it is in whole seconds, from 1 to {_LONGEST}")
    timeout = query.pop("timeout", str(TIMEOUT))
    if not (_SECONDS.fullmatch(timeout) and 0 < float(timeout) <= _LONGEST_TIMEOUT):
        raise AddressError(f"`timeout` cannot be {timeout!r}: it is in seconds, up to {_LONGEST_TIMEOUT:.0f}")
    return Address(urlunsplit(parts._replace(query=urlencode(query))), prefix, int(ttl), float(timeout))


@dataclass(slots=True)
class Asking:
    """`worker` is the name of this process among all that share; `epoch` that of what is kept."""

    link: Link
    address: Address
    bounds: Bounds
    worker: str = ""
    epoch: str = ""
    _epochs: Iterator[int] = field(default_factory=lambda: count(1))
    _texts: dict[Script, str] = field(init=False)
    _names: dict[Script, str] = field(init=False)

    def __post_init__(self) -> None:
        self._texts = {script: script.within(self.bounds) for script in (*scripts.ALL, *journal_scripts.ALL)}
        self._names = {script: digest(text) for script, text in self._texts.items()}

    def new_epoch(self) -> str:
        """A name for what is kept, in case that nothing is kept yet."""
        return f"{self.worker}.{next(self._epochs)}"

    def command(self, script: Script, *arguments: Argument) -> Command:
        return ("EVALSHA", self._names[script], 0, self.address.prefix, self.address.ttl * 1000, *arguments)

    def name(self, name: str) -> str:
        return self.address.prefix + name

    def ask(self, script: Script, *arguments: Argument) -> Any:
        """What a script answers, once what the errand has to tell is told."""
        return self.ask_all([self.command(script, *arguments)])[-1]

    def ask_all(self, commands: Sequence[Command]) -> Replies:
        """The replies to commands, in one round trip; those to what the errand has to tell come before."""
        notes = errands.notes()
        if notes is None:
            raise RuntimeError("Only what is run as an errand can ask for shared state.")
        before, notes.needed = notes.needed, []
        return errands.wait(self.link.ask([*before, *commands]))[len(before) :]

    def note(self, script: Script, *arguments: Argument) -> None:
        """Have it told with what is asked next, or before the errand ends."""
        command = self.command(script, *arguments)
        if notes := errands.notes():
            notes.needed.append(command)
        else:
            self.link.tell([command])

    async def load_scripts(self) -> None:
        await self.link.ask_first([("SCRIPT", "LOAD", text) for text in self._texts.values()])


def hashed(key: str) -> str:
    """An API key as a part of names: they are short, and tell none."""
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def mark(value: object) -> int:
    """A number for texts and tuples of them, the same in every process."""
    told = repr(value).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), signed=True)
