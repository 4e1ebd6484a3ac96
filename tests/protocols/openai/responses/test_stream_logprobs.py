"""Log probabilities in a streamed response."""

from __future__ import annotations

from typing import Any

from protocols.openai.responses_wire import of_type, streamed

from mockserver.conversation import Reply, Text

LOGPROBS: dict[str, Any] = {"include": ["message.output_text.logprobs"]}


def test_logprobs_come_with_the_tokens_that_begin_in_a_delta() -> None:
    events = streamed(Reply((Text("Hello there"),)), lambda _: ["Hel", "lo th", "ere"], **LOGPROBS)

    tokens = [
        [entry["token"] for entry in event["logprobs"]]
        for event in of_type(events, "response.output_text.delta")
    ]

    assert tokens == [["Hello"], [" there"], []]


def test_a_finished_text_carries_all_of_its_logprobs() -> None:
    events = streamed(Reply((Text("Hello there"),)), **LOGPROBS, top_logprobs=1)
    [text_done] = of_type(events, "response.output_text.done")
    [part_done] = of_type(events, "response.content_part.done")

    assert [list(entry) for entry in text_done["logprobs"]] == [["token", "logprob", "top_logprobs"]] * 2
    assert [entry["token"] for entry in part_done["part"]["logprobs"]] == ["Hello", " there"]


def test_without_being_asked_for_there_is_an_empty_list_of_logprobs() -> None:
    events = streamed(Reply((Text("Hi"),)))

    assert [event["logprobs"] for event in events if "logprobs" in event] == [[], []]
