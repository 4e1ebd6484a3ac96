"""Candidates for numbers and strings: the plausible ones first, then whatever the bounds leave room for.

Candidates only; whether one fits is checked by whoever asked. Each stream goes on long enough for a list of
unique items.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, islice
from math import ceil, floor, inf, isfinite, lcm, nextafter

from mockserver.schema_values.demands import Demand
from mockserver.schema_values.formats import format_samples
from mockserver.schema_values.patterns import samples
from mockserver.schema_values.vocabulary import numbers_for, texts_for

LONGEST = 100_000
"""No string is made longer than this, whatever a schema says."""

_NATURAL = (1, 2, 3, 5, 10, 20, 50, 100, 0, -1)
_FRACTIONS = (0.5, 1.5, 2.5, 9.99)
_MANY = 5000
_WIDEST_INTEGER = 1 << 63
_FEW = 12

# ---------------------------------------------------------------------------------------------- numbers


def numbers(demand: Demand, name: str, *, whole: bool) -> Iterator[float]:
    low = max((*demand.numbers("minimum"), *demand.numbers("exclusiveMinimum")), default=-inf)
    high = min((*demand.numbers("maximum"), *demand.numbers("exclusiveMaximum")), default=inf)
    natural = (*numbers_for(name), *_NATURAL, *(() if whole else _FRACTIONS))
    for number in natural:
        if low <= number <= high:
            yield round(number) if whole else number
    divisors = [Fraction(str(value)) for value in demand.numbers("multipleOf") if value > 0]
    if whole:
        divisors.append(Fraction(1))
    yield from _multiples(divisors, low, high) if divisors else _between(low, high)
    # Bounds that leave no number do not fit, but a number is still the better effort.
    yield 1


def _multiples(divisors: list[Fraction], low: float, high: float) -> Iterator[float]:
    """The common multiples, from the lower bound up, else from the upper bound down, else from zero up."""
    step = divisors[0]
    for divisor in divisors[1:]:
        step = _least_common_multiple(step, divisor)
    if isfinite(low):
        first, onwards = ceil(Fraction(str(low)) / step), 1
    else:
        first, onwards = (floor(Fraction(str(high)) / step), -1) if isfinite(high) else (0, 1)
    for index in range(_MANY):
        number = (first + onwards * index) * step
        if number > high:
            return
        yield _as_number(number)


def _least_common_multiple(one: Fraction, other: Fraction) -> Fraction:
    denominator = lcm(one.denominator, other.denominator)
    return Fraction(lcm(int(one * denominator), int(other * denominator)), denominator)


def _as_number(value: Fraction) -> float:
    # Integers of more than 64 bits are no JSON that every reader takes.
    if value.denominator == 1 and abs(value) < _WIDEST_INTEGER:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return 0


def _between(low: float, high: float) -> Iterator[float]:
    """Numbers from one bound to the other, or from one bound on."""
    if isfinite(low) and isfinite(high):
        inner = (low / 2 + high / 2, *(low + (high - low) * part / _MANY for part in range(1, _MANY)))
    else:
        start, onwards = (low, 1) if isfinite(low) else (high if isfinite(high) else 0, -1)
        inner = (nextafter(start, start + onwards), *(start + onwards * part for part in range(1, _MANY)))
        inner = (*inner[1:3], inner[0], start * 2, start / 2, *inner[3:])
    yield from (number for number in (low, high, *inner) if isfinite(number))


# ---------------------------------------------------------------------------------------------- strings


def strings(demand: Demand, name: str) -> Iterator[str]:
    low, high = demand.size("minLength", "maxLength", LONGEST)
    words = texts_for(name)
    formats = chain.from_iterable(format_samples(known, low, high) for known in demand.texts("format"))
    patterns = [samples(pattern, low, high) for pattern in demand.texts("pattern")]
    yield from islice(formats, _FEW)
    yield from (word for word in words if low <= len(word) <= high)
    for matching in patterns:
        yield from islice(matching, _FEW * 4)
    if len(patterns) > 1:
        yield from _widened(demand.texts("pattern"), low, high)
    yield from formats
    yield from chain.from_iterable(patterns)
    for number in range(_MANY):
        yield _sized(words[number] if number < len(words) else _numbered(words[0], number, high), low, high)


def _widened(patterns: list[str], low: int, high: int) -> Iterator[str]:
    """Samples of one pattern with letters around, which another one may ask for."""
    for pattern in patterns:
        for text in islice(samples(pattern, 0, high), 3):
            for length in range(max(low, len(text)), min(high, max(low, len(text)) + _FEW) + 1):
                yield text.ljust(length, "a")
                yield text.rjust(length, "a")


def _numbered(word: str, number: int, high: int) -> str:
    """`word 7`, or where that is too long a short code that no other number has."""
    text = f"{word} {number}"
    return text if len(text) <= high else _code(number)


_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _code(number: int) -> str:
    code = ""
    while number or not code:
        number, digit = divmod(number, len(_DIGITS))
        code += _DIGITS[digit]
    return code


def _sized(text: str, low: int, high: int) -> str:
    """The text repeated or cut to a length between the bounds."""
    if len(text) < low:
        text = f"{text} " * (low // (len(text) + 1) + 1)
        return text[:low]
    return text[:high]
