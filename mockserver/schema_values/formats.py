"""The string formats of JSON Schema (validation vocabulary, 7.3) and OpenAPI: samples, and checks.

A format that is not listed here asks for nothing, as the vocabulary says.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from mockserver.schema_values.patterns import compiled_pattern
from mockserver.values import dataclass


@dataclass(frozen=True, slots=True)
class _Format:
    """`nth` gives ever new samples; `filled` puts any run of letters into one, where there is room for it."""

    check: Callable[[str], bool]
    samples: tuple[str, ...]
    nth: Callable[[int], str]
    filled: Callable[[str], str] | None = None


def fits_format(name: str, text: str) -> bool:
    return name not in _FORMATS or _FORMATS[name].check(text)


def format_samples(name: str, low: int, high: int) -> Iterator[str]:
    """Texts of the format, the most natural first; long or short ones where the lengths ask for it."""
    if name not in _FORMATS:
        return
    wanted = _FORMATS[name]
    yield from wanted.samples
    if wanted.filled:
        room = len(wanted.filled(""))
        yield wanted.filled("a" * max(1, low - room))
        yield wanted.filled("a" * max(1, min(high - room, 8)))
    for number in range(1, 2000):
        yield wanted.nth(number)


def _full(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII | re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None


def _template(template: str) -> tuple[Callable[[int], str], Callable[[str], str]]:
    return (lambda number: template.format(f"item{number}")), template.format


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
_is_clock = _full(_CLOCK)
_is_day = _full(r"\d{4}-\d\d-\d\d")
_is_label = _full(_LABEL)


def _is_date(text: str) -> bool:
    if not _is_day(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_moment(text: str) -> bool:
    return text[10:11] in ("T", "t") and _is_date(text[:10]) and _is_clock(text[11:])


def _is_hostname(text: str) -> bool:
    return len(text) <= 253 and all(_is_label(label) for label in text.split("."))  # noqa: PLR2004 - RFC 1034


def _is_email(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and _is_local(local) and _is_hostname(host))


_is_local = _full(r"[^\s@.]+(?:\.[^\s@.]+)*")


def _is_address(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return "%" not in text and bool(str(kind(text)))
        except ValueError:
            return False

    return check


def _day(number: int) -> str:
    return str(date(2026, 6, 15) + timedelta(days=number))


def _hour(number: int) -> str:
    return f"{number // 60 % 24:02}:{number % 60:02}:00Z"


_DURATION = r"P(?!$)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)"
_URI = r"[a-z][a-z0-9+.-]*:(?:[a-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9a-f]{2})+"
_REFERENCE = r"(?:[a-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9a-f]{2})*"
_BASE64 = r"(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?"
_POINTER = r"(?:/(?:[^~/]|~[01])*)*"

_WEB = _Format(
    _full(_URI),
    ("https://example.com/", "https://example.org/docs", "http://a.io", "a:b"),
    *_template("https://example.com/{}"),
)
_PATH = _Format(_full(_REFERENCE), ("/docs/intro", "/docs", "a"), *_template("/docs/{}"))
_MAIL = _Format(
    _is_email, ("alex@example.com", "sam@example.org", "a@b.io", "a@b"), *_template("{}@example.com")
)
_HOST = _Format(
    _is_hostname,
    ("example.com", "example.org", "a.io", "a"),
    lambda number: f"host{number}.example.com",
    lambda letters: ".".join([*(letters[at : at + 60] for at in range(0, len(letters), 60)), "example.com"]),
)

_FORMATS: dict[str, _Format] = {
    "byte": _Format(
        _full(_BASE64),
        ("aGVsbG8=", "ZXhhbXBsZQ==", "YQ=="),
        lambda number: f"{number:04}",
        lambda letters: letters + "A" * (-len(letters) % 4),
    ),
    "date": _Format(_is_date, ("2026-06-15",), _day),
    "date-time": _Format(_is_moment, ("2026-06-15T09:30:00Z",), lambda number: f"{_day(number)}T09:30:00Z"),
    "duration": _Format(_full(_DURATION), ("PT30M", "P1D"), lambda number: f"PT{number}M"),
    "email": _MAIL,
    "hostname": _HOST,
    "idn-email": _MAIL,
    "idn-hostname": _HOST,
    "ipv4": _Format(
        _is_address(ipaddress.IPv4Address),
        ("192.0.2.1", "1.1.1.1"),
        lambda number: f"192.0.{number // 256}.{number % 256}",
    ),
    "ipv6": _Format(
        _is_address(ipaddress.IPv6Address), ("2001:db8::1", "::1"), lambda number: f"2001:db8::{number:x}"
    ),
    "iri": _WEB,
    "iri-reference": _PATH,
    "json-pointer": _Format(_full(_POINTER), ("/items/0", "/a", ""), *_template("/{}")),
    "regex": _Format(
        lambda text: compiled_pattern(text) is not None, ("^[a-z]+$", "a+", "a"), *_template("^{}$")
    ),
    "relative-json-pointer": _Format(
        _full(rf"(?:0|[1-9]\d*)(?:#|{_POINTER})"), ("0/name", "1"), *_template("0/{}")
    ),
    "time": _Format(_is_clock, ("09:30:00Z",), _hour),
    "uri": _WEB,
    "uri-reference": _PATH,
    "uri-template": _Format(
        _full(r"(?:[^\s{}\"'<>\\^`|]|\{[^{}\s]+\})*"), ("/items/{id}", "/a"), *_template("/items/{}")
    ),
    "url": _WEB,
    "uuid": _Format(
        _full(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        ("3f2b8c1e-5d4a-4f6b-9c7d-1e2f3a4b5c6d",),
        lambda number: f"00000000-0000-4000-8000-{number:012x}",
    ),
}
