"""Waits that are noted and not waited for: how long an SDK would wait before it asks again."""

from __future__ import annotations

import time
from typing import Any

import pytest


class NoWaiting:
    """Stands in for the module `time` in the modules of an SDK, and for `anyio` where it is awaited."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class NoAwaiting(NoWaiting):
    async def sleep(self, seconds: float) -> None:  # type: ignore[override] # as of `anyio`, not of `time`
        self.waits.append(seconds)


def noted_waits(monkeypatch: pytest.MonkeyPatch, module: str) -> list[float]:
    """The waits of an SDK's `module`, synchronous ones and others, from now on."""
    waiting, awaiting = NoWaiting(), NoAwaiting()
    awaiting.waits = waiting.waits
    monkeypatch.setattr(f"{module}.time", waiting)
    monkeypatch.setattr(f"{module}.anyio", awaiting, raising=False)
    return waiting.waits


def is_backoff(waits: list[float], first: float = 0.5, most: float = 8.0) -> bool:
    """Whether the waits double from `first` up to `most`, each shortened by up to a quarter."""
    whole = [min(first * 2**count, most) for count in range(len(waits))]
    return all(0.75 * full <= wait <= full for wait, full in zip(waits, whole, strict=True))
