"""A mock upstream LLM server: one YAML scenario, served faithfully on every wire of the gateway."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.fixture.clients import SdkClient
    from mockserver.journal.recorded import RecordedExchange
    from mockserver.runner import MockServer

__version__ = "0.1.0"
__all__ = ["MockServer", "RecordedExchange", "SdkClient", "__version__"]


_MODULES = {
    "MockServer": "mockserver.runner",
    "RecordedExchange": "mockserver.journal.recorded",
    "SdkClient": "mockserver.fixture.clients",
}


def __getattr__(name: str) -> Any:
    """What tests use is imported when it is first asked for, so that the command line starts fast."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
