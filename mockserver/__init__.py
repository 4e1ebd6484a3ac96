"""A mock upstream LLM server: one YAML scenario, served faithfully on every wire of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.recorded import RecordedExchange
    from mockserver.runner import MockServer

__version__ = "0.1.0"
__all__ = ["MockServer", "RecordedExchange", "__version__"]


def __getattr__(name: str) -> Any:
    """What tests use is imported when it is first asked for, so that the command line starts fast."""
    if name == "MockServer":
        from mockserver.runner import MockServer  # noqa: PLC0415 - see above

        return MockServer
    if name == "RecordedExchange":
        from mockserver.recorded import RecordedExchange  # noqa: PLC0415 - see above

        return RecordedExchange
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
