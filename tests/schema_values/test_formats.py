"""The formats of strings: what passes, and what does not."""

from __future__ import annotations

import pytest

from mockserver.schema_values.formats import fits_format


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "2024-02-29"),
        ("time", "23:59:59.5+02:00"),
        ("date-time", "2026-06-15t09:30:00z"),
        ("duration", "P1Y2M3DT4H5M6.5S"),
        ("duration", "P2W"),
        ("email", "a.b+c@example.com"),
        ("hostname", "a-1.example"),
        ("ipv4", "127.0.0.1"),
        ("ipv6", "::ffff:192.0.2.1"),
        ("uuid", "3F2B8C1E-5d4a-4f6b-9c7d-1e2f3a4b5c6d"),
        ("uri", "urn:isbn:0451450523"),
        ("json-pointer", "/a~1b/~0"),
        ("regex", "^[a-z]+$"),
        ("byte", "YQ=="),
        ("of-our-own", "anything"),
    ],
)
def test_a_text_of_the_format_passes(name: str, text: str) -> None:
    assert fits_format(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("date", "2025-02-29"),
        ("date", "20250228"),
        ("time", "24:00:00Z"),
        ("time", "09:30:00"),
        ("date-time", "2026-06-15 09:30:00Z"),
        ("date-time", "2026-06-15"),
        ("duration", "P"),
        ("duration", "PT"),
        ("duration", "1D"),
        ("email", "nobody"),
        ("email", "a@b@c d"),
        ("hostname", "-a.example"),
        ("hostname", "a..b"),
        ("ipv4", "256.1.1.1"),
        ("ipv6", "fe80::1%eth0"),
        ("uuid", "3f2b8c1e5d4a4f6b9c7d1e2f3a4b5c6d"),
        ("uri", "/relative"),
        ("json-pointer", "a"),
        ("regex", "("),
        ("byte", "YQ"),
    ],
)
def test_a_text_that_is_not_of_the_format_does_not_pass(name: str, text: str) -> None:
    assert not fits_format(name, text)
