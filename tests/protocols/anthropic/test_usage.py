"""The token counts of a message."""

from __future__ import annotations

from protocols.anthropic.messages_wire import rendered

from mockserver.conversation import Native, Reply, Usage

SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
FETCH = SEARCH | {"name": "web_fetch"}


def test_the_parts_of_input_usage_add_up() -> None:
    usage = rendered(Reply((), usage=Usage(input=30, cached=10, cache_write=12)))["usage"]

    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    assert sum(usage[name] for name in names) == 30


def test_usage_of_nothing_is_zeros() -> None:
    usage = rendered(Reply(()))["usage"]

    assert (usage["input_tokens"], usage["output_tokens"]) == (0, 0)
    assert "output_tokens_details" not in usage


def test_runs_of_server_tools_are_counted() -> None:
    parts = (Native({"anthropic": SEARCH}), Native({"anthropic": FETCH}), Native({"anthropic": SEARCH}))

    usage = rendered(Reply(parts))["usage"]

    assert usage["server_tool_use"] == {"web_search_requests": 2, "web_fetch_requests": 1}


def test_usage_tells_where_and_how_fast_it_ran() -> None:
    usage = rendered(Reply(()), inference_geo="us", speed="fast")["usage"]

    assert (usage["inference_geo"], usage["speed"]) == ("us", "fast")
