"""Rate limits, shared: a ledger is read, counted on as in memory, and kept if nobody was faster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

from mockserver.conversation import Usage
from mockserver.quotas import Account, Ledger, Limit, Quota, Scoped, Window
from mockserver.state.interface import StateLostError
from mockserver.state.shared.asking import Asking, hashed
from mockserver.state.shared.codec import dump, load
from mockserver.state.shared.scripts import CHARGE
from mockserver.store import Bounded

_TRIES = 1_000

Result = TypeVar("Result")

Ledgers: TypeAlias = Bounded[str, tuple[bytes, bytes]]
"""What this worker knows of the ledgers of keys: version and text."""


class SharedLimits:
    """How far the limits of one key are used up."""

    def __init__(self, asking: Asking, key: str, ledgers: Ledgers) -> None:
        self._asking = asking
        self._kd = hashed(key)
        self._ledgers = ledgers

    def account(self, limits: Iterable[Scoped], moment: float | None) -> SharedAccount:
        return SharedAccount(self._asking, self._kd, self._ledgers, tuple(limits), moment)


class SharedAccount:
    """What one request is counted by. Where time stands still, its moment is that of its admission."""

    def __init__(
        self, asking: Asking, kd: str, ledgers: Ledgers, limits: tuple[Scoped, ...], moment: float | None
    ) -> None:
        self._asking = asking
        self._kd = kd
        self._ledgers = ledgers
        self._limits = limits
        self._moment = moment
        self._admitted: float | None = None

    def admit(self, tokens: int) -> Quota:
        return self._changed(lambda account: account.admit(tokens))

    def charge(self, usage: Usage) -> Quota:
        return self._changed(lambda account: account.charge(usage))

    def state(self) -> Quota:
        name = self._asking.name(f"k:{self._kd}:limits")
        ((version, text),) = self._asking.ask_all([("HMGET", name, "version", "text")])
        self._ledgers.put(self._kd, (version or b"0", text or b""))
        return self._account(read_ledger(text or b"")).state()

    def _changed(self, act: Callable[[Account], Result]) -> Result:
        """What an act on the ledger gives. What is known of it is taken for true until Redis knows better."""
        for _ in range(_TRIES):
            version, text = self._ledgers.get(self._kd) or (b"0", b"")
            ledger = read_ledger(text)
            began = ledger.time
            result = act(self._account(ledger))
            changed = dump_ledger(ledger)
            is_kept, version, text = self._asking.ask(CHARGE, self._kd, version, changed)
            self._ledgers.put(self._kd, (version, changed if is_kept else text))
            if is_kept:
                self._admitted = began if self._admitted is None else self._admitted
                return result
        raise StateLostError("The limits of this key are used by too many at once.")

    def _account(self, ledger: Ledger) -> Account:
        return ledger.account(self._limits, self._admitted if self._moment is None else self._moment)


def dump_ledger(ledger: Ledger) -> bytes:
    windows = [
        [scope, limit.amount, limit.unit, limit.window, window.begin, window.used]
        for scope, limit in tuple(ledger.windows)
        if (window := ledger.windows.get((scope, limit)))
    ]
    return dump([ledger.time, windows])


def read_ledger(text: bytes) -> Ledger:
    ledger = Ledger()
    if text:
        ledger.time, windows = load(text)
        for scope, amount, unit, window, begin, used in windows:
            ledger.windows.put((scope, Limit(amount, unit, window)), Window(begin, used))
    return ledger
