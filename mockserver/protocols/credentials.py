"""Where clients put their API key. The gateway takes it in any of its protocols' places on every route."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b


def find_key(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The API key of a request, strongest place first; "" if there is none. Header names are lower case."""
    return (
        headers.get("x-goog-api-key", "").strip()
        or query.get("key", "").strip()
        or headers.get("x-api-key", "").strip()
        or _bearer(headers.get("authorization", ""))
    )


def _bearer(value: str) -> str:
    scheme, _, key = value.strip().partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return "" if key else scheme


def fingerprint(key: str) -> str:
    """A short name for a key that does not tell the key; safe in logs."""
    return blake2b(key.encode(), digest_size=4).hexdigest() if key else "none"
