"""A real server with the built-in scenarios and those of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.assembly import builtin_folder
from mockserver.runner import MockServer

SCENARIOS = Path(__file__).parent / "scenarios"


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """The scenarios play at their own pace: clients give up, and leave streams that are still being sent."""
    with MockServer(SCENARIOS, builtin_folder(), unmatched="auto") as running:
        yield running
