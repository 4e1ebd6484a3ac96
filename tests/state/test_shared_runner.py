"""`MockServer` with a state that several share, and how it is refused where it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from balanced import ask, chat
from redis_server import RedisServer

from mockserver import MockServer
from mockserver.assembly import SharingError, share_state

_prefixes = count()


@pytest.fixture
def two(redis: RedisServer) -> Iterator[tuple[MockServer, MockServer]]:
    state = f"{redis.url}&prefix=runner{next(_prefixes)}:"
    with ExitStack() as running:
        one, other = (running.enter_context(MockServer(state=state, key="k")) for _ in range(2))
        yield one, other


def say(mock: MockServer, text: str) -> int:
    return ask(mock.url, "POST", "/v1/chat/completions", chat(text))[0]


def test_a_test_sees_what_another_server_answered(two: tuple[MockServer, MockServer]) -> None:
    one, other = two
    one.script("scenario: own\nmatch: {user: mine}\nreply: Mine.\n")

    statuses = say(other, "mine"), say(other, "nobody's")

    assert statuses == (200, 404)
    assert [exchange.answered_by for exchange in one.exchanges] == ["own/1", ""]
    assert [unmet.kind for unmet in one.unmet()] == ["unmatched"]


def test_what_is_not_played_anywhere_is_unmet(two: tuple[MockServer, MockServer]) -> None:
    one, other = two
    one.reply("Hello!")

    before = [unmet.kind for unmet in other.unmet()]
    say(one, "hi")

    assert before == ["unplayed"]
    other.verify()


def test_scenario_files_of_a_test_are_played_by_all(
    two: tuple[MockServer, MockServer], tmp_path: Path
) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("match: {user: one}\nreply: One.\n---\nscenario: two\nmatch: {user: two}\nreply: Two.\n")
    two[0].load(path)

    assert [say(mock, text) for mock in two for text in ("one", "two")] == [200] * 4
    assert [exchange.answered_by for exchange in two[1].exchanges] == ["file/1", "two/1"] * 2


def test_a_key_that_is_concluded_is_forgotten_everywhere(two: tuple[MockServer, MockServer]) -> None:
    one, other = two
    one.reply("Hello!")
    say(other, "hi")

    unmet, exchanges = one.conclude()

    assert (unmet, len(exchanges), other.exchanges) == ([], 1, [])
    assert say(other, "hi") == 404


def test_a_shared_server_is_set_up_once_it_runs(redis: RedisServer) -> None:
    with pytest.raises(RuntimeError, match="must be started"):
        MockServer(state=redis.url).reply("Hello!")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("localhost:6379", "give redis://"),
        ("redis://localhost/0?ttl=never", "`ttl` cannot be 'never'"),
        ("redis://localhost/0?ttl=0", "`ttl` cannot be '0'"),
        ("redis://localhost/0?timeout=soon", "`timeout` cannot be 'soon'"),
        ("redis://localhost/0?timeout=0", "`timeout` cannot be '0'"),
        ("redis://localhost/0?timeout=61", "`timeout` cannot be '61': it is in seconds, up to 60"),
    ],
)
def test_an_address_that_cannot_be_read_is_refused(address: str, told: str) -> None:
    with pytest.raises(SharingError, match=told):
        share_state(address)


def test_who_has_not_installed_redis_is_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("mockserver.state.shared")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)

    with pytest.raises(SharingError, match=r"pip install 'mockserver\[redis\]'"):
        share_state("redis://localhost")
