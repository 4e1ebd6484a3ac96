"""The `anthropic-version` and `anthropic-beta` headers of a request.

Mirrors "Versions" and "Beta headers" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Http
from mockserver.protocols.anthropic.refused import invalid

NEWEST = "2026-10-21"
KNOWN = frozenset({NEWEST, "2023-06-01", "2023-01-01"})

_HEADER = "anthropic-version"


def version_of(http: Http) -> str:
    """The version the client speaks; refused if there is none, or none such."""
    version = http.headers.get(_HEADER, "")
    if not version:
        raise invalid(f"{_HEADER}: header is required", _HEADER)
    if version not in KNOWN:
        raise invalid(f'{_HEADER}: "{version}" is not a valid version', _HEADER)
    return version


def betas_of(http: Http) -> tuple[str, ...]:
    """The betas the client asks for, in alphabetical order."""
    listed = (beta.strip() for beta in http.headers.get("anthropic-beta", "").split(","))
    return tuple(sorted({beta for beta in listed if beta}))
