"""The `anthropic-version` and `anthropic-beta` headers of a request.

Mirrors "Versions" and "Beta headers" of the Claude API documentation (2026-11).
"""

from __future__ import annotations

from mockserver.conversation import Failure, Http

NEWEST = "2026-10-21"
KNOWN = frozenset({NEWEST, "2023-06-01", "2023-01-01"})

_HEADER = "anthropic-version"


def version_of(http: Http) -> str | Failure:
    """The version the client speaks; a failure if there is none, or none such."""
    version = http.headers.get(_HEADER, "")
    if not version:
        return _failure("header is required")
    if version not in KNOWN:
        return _failure(f'"{version}" is not a valid version')
    return version


def _failure(sentence: str) -> Failure:
    return Failure("invalid_request", message=f"{_HEADER}: {sentence}", param=_HEADER)


def betas_of(http: Http) -> tuple[str, ...]:
    """The betas the client asks for, in alphabetical order."""
    listed = (beta.strip() for beta in http.headers.get("anthropic-beta", "").split(","))
    return tuple(sorted({beta for beta in listed if beta}))
