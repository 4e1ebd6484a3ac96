"""What keys have set up for themselves, shared: a list of scenarios by the texts they were read from, and the
rest as plain values. Every change makes a new version; a worker reads one that it has not seen yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, TypeAlias

from mockserver.scenario.model import Scenario
from mockserver.setup import NO_SETUP, Setup, Written
from mockserver.state.interface import Changed, StateLostError
from mockserver.state.shared import errands
from mockserver.state.shared.asking import Asking, hashed
from mockserver.state.shared.codec import dump, load
from mockserver.state.shared.scripts import RESET, SET_UP
from mockserver.store import Bounded

_CACHED = 2_000
_TRIES = 1_000

Parse: TypeAlias = Callable[[Written], tuple[Scenario, ...]]
"""The scenarios of a text. It fails where the text cannot be played here, as when a picture is missing."""

_Plain: TypeAlias = dict[str, Any]
"""`listed` are the scenarios, each as the digest of its text, its place there from 0, and its name."""

_EMPTY: _Plain = {
    "listed": [],
    "pinned": "",
    "contract": None,
    "faults": None,
    "speed": None,
    "unmatched": None,
}


class Setups:
    """In which version each key is set up is known without asking, once Redis was there: that is right while
    it is lost, since nobody can set anything up then.
    """

    def __init__(self, asking: Asking, parse: Parse) -> None:
        self._asking = asking
        self._parse = parse
        self._versions: dict[str, int] = {}
        self._is_known = False
        self._setups: Bounded[tuple[str, int], Setup] = Bounded(_CACHED)
        self._texts: Bounded[str, tuple[Scenario, ...]] = Bounded(_CACHED)

    # ------------------------------------------------------------------------------------------- read

    def get(self, key: str) -> Setup:
        notes = errands.notes()
        if notes is None:
            raise RuntimeError("Only an errand can ask how a key is set up.")
        if key not in notes.setups:
            self.note(key, self._version(key))
        return notes.setups[key][1]

    def note(self, key: str, version: int) -> None:
        """Let the errand know in which version a key is set up."""
        notes = errands.notes()
        assert notes is not None  # noqa: S101 - whoever asks is one
        self._know(hashed(key), version)
        notes.setups[key] = version, self.at(key, version)

    def at(self, key: str, version: int) -> Setup:
        """How a key was set up in some version."""
        if not version:
            return NO_SETUP
        known = (self._asking.epoch, version)
        setup = self._setups.get(known)
        if setup is None:
            setup = self._read(hashed(key), version)
            self._setups.put(known, setup)
        return setup

    def lost(self, key: str) -> int:
        """The version of a key while Redis is lost."""
        version = self._versions.get(hashed(key), 0)
        is_read = not version or self._setups.get((self._asking.epoch, version)) is not None
        if not (self._is_known and is_read):
            raise self._asking.link.lost()
        return version

    def _version(self, key: str) -> int:
        try:
            (told,) = self._asking.ask_all([("HGET", self._asking.name("setups"), hashed(key))])
        except StateLostError:
            return self.lost(key)
        return version_of(told)

    def _plain(self, version: int) -> _Plain:
        if not version:
            return dict(_EMPTY)
        (text,) = self._asking.ask_all([("GET", self._asking.name(f"s:{version}"))])
        return dict(load(text)) if text else dict(_EMPTY)

    def _read(self, kd: str, version: int) -> Setup:
        plain = self._plain(version)
        listed = plain.pop("listed")
        missing = [
            text for text in dict.fromkeys(each[0] for each in listed) if self._texts.get(text) is None
        ]
        if missing:
            (texts,) = self._asking.ask_all([("HMGET", self._asking.name(f"k:{kd}:sources"), *missing)])
            for digest, text in zip(missing, texts, strict=True):
                self._texts.put(digest, self._parsed(text))
        scenarios = tuple(self._scenario(digest, at) for digest, at, _ in listed)
        faults = plain.pop("faults")
        return Setup(scenarios=scenarios, faults=None if faults is None else tuple(faults), **plain)

    def _scenario(self, digest: str, at: int) -> Scenario:
        found = self._texts.get(digest)
        if not found:
            raise StateLostError("A scenario of this key is not kept any more; add it again.")
        return found[at]

    def _parsed(self, text: bytes | None) -> tuple[Scenario, ...]:
        if text is None:
            return ()
        written = Written(*load(text))
        try:
            return errands.wait(asyncio.to_thread(self._parse, written))
        except ValueError as error:
            raise StateLostError(
                f"A scenario that was added elsewhere cannot be read here. {error}"
            ) from None

    # ----------------------------------------------------------------------------------------- change

    def add(self, key: str, scenarios: Sequence[Scenario], written: Written | None, *, first: bool) -> None:
        if written is None:
            raise ValueError("Scenarios that are shared are added with the text that they were read from.")
        text = dump([written.text, written.name, written.folder])
        digest = blake2b(text, digest_size=12).hexdigest()
        added = [[digest, at, scenario.name] for at, scenario in enumerate(scenarios)]
        self._texts.put(digest, tuple(scenarios))

        def change(plain: _Plain) -> None:
            plain["listed"] = [*added, *plain["listed"]] if first else [*plain["listed"], *added]

        self._change(key, change, digest, text)

    def remove(self, key: str, name: str) -> bool:
        removed = False

        def change(plain: _Plain) -> None:
            nonlocal removed
            left = [each for each in plain["listed"] if each[2] != name]
            removed = len(left) < len(plain["listed"])
            plain["listed"] = left

        self._change(key, change)
        return removed

    def alter(self, key: str, changed: Changed) -> None:
        self._change(key, lambda plain: plain.update(changed))

    def _change(self, key: str, change: Callable[[_Plain], None], *sources: str | bytes) -> None:
        """Change how a key is set up: again, if another has changed it meanwhile."""
        for _ in range(_TRIES):
            version = self._version(key)
            plain = self._plain(version)
            change(plain)
            command = (hashed(key), key.encode(errors="surrogatepass"), version, dump(plain), *sources)
            if new := self._asking.ask(SET_UP, *command):
                self.note(key, new)
                return
        raise StateLostError("This key is set up by too many at once.")

    def reset(self, key: str) -> None:
        self._asking.ask(RESET, hashed(key))
        self.note(key, 0)

    def keys(self) -> tuple[str, ...]:
        (told,) = self._asking.ask_all([("HVALS", self._asking.name("setups"))])
        names = (each.partition(b" ")[2].decode(errors="surrogatepass") for each in told)
        return tuple(names)

    # ------------------------------------------------------------------------------------------ heard

    def hear(self, told: bytes) -> None:
        """Note what another worker has set up."""
        version, _, kd = told.decode().partition(" ")
        self._know(kd, int(version))

    def _know(self, kd: str, version: int) -> None:
        if version:
            self._versions[kd] = version
        else:
            self._versions.pop(kd, None)

    def know(self, told: Sequence[bytes]) -> None:
        """Note how all keys are set up."""
        pairs = zip(told[::2], told[1::2], strict=True)
        self._versions = {kd.decode(): version_of(each) for kd, each in pairs}
        self._is_known = True


def version_of(told: bytes | None) -> int:
    """The version in `VERSION KEY`; 0 for a key that has set nothing up."""
    return int(told.partition(b" ")[0]) if told else 0
