"""A body that begins like one before has the same digest as by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import engine
from mockserver.conversation import Http
from mockserver.engine import Engine
from mockserver.history import latest, long_digests
from mockserver.history.long_digests import LongDigests

SEED = "12345"


@pytest.fixture(autouse=True, scope="module")
def _bodies_are_long() -> Iterator[None]:
    with patch.object(long_digests, "_BLOCK", 4), patch.object(engine, "LONG", 4):
        yield


def http(body: bytes, key: str = "k") -> Http:
    return Http("POST", "/v1/responses", body=body, key=key)


def by_itself(http: Http) -> bytes:
    told = f"{http.method} {http.path}\0{http.key}\0".encode() + http.body
    return blake2b(told, key=SEED.encode()).digest()


@st.composite
def bodies(draw: st.DrawFn) -> list[bytes]:
    """Bodies, most of which begin like one before."""
    some = st.binary(max_size=40)
    found = [draw(some)]
    for _ in range(draw(st.integers(1, 8))):
        before = draw(st.sampled_from(found))
        found.append(before[: draw(st.integers(0, len(before)))] + draw(some))
    return found


@given(bodies(), st.lists(st.sampled_from("kl"), min_size=9, max_size=9))
def test_the_digest_is_that_of_all_bytes_whatever_came_before(found: list[bytes], keys: list[str]) -> None:
    digests = Engine(seed=SEED)

    for body, key in zip(found, keys, strict=False):
        asked = http(body, key)
        fingerprint = digests.fingerprint(asked)

        assert fingerprint.digest == fingerprint.made.digest() == by_itself(asked)


def test_what_goes_on_from_a_fingerprint_changes_no_other() -> None:
    digests = Engine(seed=SEED)

    for _ in range(3):
        fingerprint = digests.fingerprint(http(b"12345678"))
        assert fingerprint.digest == by_itself(http(b"12345678"))
        fingerprint.made.update(b"more")


def in_common(digests: LongDigests, *said: bytes) -> list[int]:
    """How many blocks each body had in common with the one that it is most like."""
    counts = []
    for body in said:
        counts.append(digests.like(b"", body)[1])
        digests.digested(blake2b(), b"", body)
    return counts


def test_only_what_is_new_is_digested() -> None:
    assert in_common(LongDigests(), b"aaaabbbb", b"aaaabbbbcc", b"aaaabbbbcccc", b"aaaaxxxx") == [
        0,
        2,
        2,
        1,
    ]


def test_so_many_bodies_are_known_and_no_more() -> None:
    said = [b"%04d...." % number for number in range(65)]

    assert in_common(LongDigests(), *said, said[0], said[64]) == [*[0] * 65, 0, 2]


def test_bodies_of_so_many_bytes_are_known_and_no_more() -> None:
    with patch.object(latest, "_WEIGHT", 16):
        assert in_common(LongDigests(), b"aaaabbbb", b"ccccdddd", b"eeeeffff", b"aaaabbbb") == [0] * 4


def test_what_was_compared_to_digest_a_body_is_known_of_that_body_alone() -> None:
    digests, first, longer, other = LongDigests(), b"aaaabbbb", b"aaaabbbbcccc", b"aaaaxxxx"
    for body in (first, longer):
        digests.digested(blake2b(), b"", body)

    assert long_digests.in_common(first, longer) == 8
    assert long_digests.in_common(first, bytes(bytearray(longer))) == 0
    assert long_digests.in_common(other, longer) == 0
    digests.digested(blake2b(), b"", other)
    assert long_digests.in_common(first, longer) == 0
    assert long_digests.in_common(longer, other) == 4


def test_threads_do_not_share_what_was_compared() -> None:
    first, longer = b"aaaabbbb", b"aaaabbbbcccc"
    digests = LongDigests()
    with ThreadPoolExecutor(1) as other:
        for body in (first, longer):
            other.submit(digests.digested, blake2b(), b"", body).result()

        assert other.submit(long_digests.in_common, first, longer).result() == 8
        assert long_digests.in_common(first, longer) == 0
