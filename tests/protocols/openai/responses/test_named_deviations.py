"""How an answer of Responses departs from the documentation, name by name: in its events, and in its JSON."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from protocols.openai.responses_deviating import (
    ADDED,
    CALL,
    CALLS,
    COMPLETED,
    CUT,
    CUT_CALL,
    DONE,
    FAILED,
    FIELDS,
    REASONED,
    REFUSAL,
    TEXT,
    body,
    data_of,
    deviating,
    failing,
    healthy,
    missing,
    stream,
    values,
)
from protocols.openai.responses_wire import of_type, rendered

from mockserver.conversation import Json, JsonObject, Native, Reply

# ------------------------------------------------------------------------------------ numbers and places


def test_numbers_are_missing() -> None:
    assert not values("sequence_number", stream("sequence-missing", CALLS))


def test_a_gap_leaves_one_number_out() -> None:
    numbers = values("sequence_number", stream("sequence-gap", TEXT))

    assert numbers == [0, 1, 3, 4, 5, 6, 7, 8, 9, 10]


def test_a_constant_number_is_zero() -> None:
    assert set(values("sequence_number", stream("sequence-constant", TEXT))) == {0}


def test_positions_are_missing_but_ids_are_not() -> None:
    found = stream("positions-missing", REASONED)

    for name in ("output_index", "content_index", "summary_index"):
        assert not values(name, found)
    assert values("item_id", found) == values("item_id", data_of(healthy(REASONED)))


def test_all_items_claim_the_first_place() -> None:
    assert set(values("output_index", stream("output-index-constant", CALLS))) == {0}


# -------------------------------------------------------------------- events that are missing or too many


@pytest.mark.parametrize(
    ("name", "reply", "expected"),
    [
        ("created-missing", TEXT, ["created"]),
        ("item-added-missing", CALLS, ["output_item.added"] * 2),
        ("part-added-missing", REASONED, ["reasoning_summary_part.added", "content_part.added"]),
        (
            "deltas-missing",
            REASONED,
            ["reasoning_summary_text.delta", "output_text.delta", "output_text.delta"],
        ),
        ("deltas-missing", REFUSAL, ["refusal.delta", "refusal.delta"]),
        (
            "done-events-missing",
            REASONED,
            [
                "reasoning_summary_text.done",
                "reasoning_summary_part.done",
                "output_item.done",
                "output_text.done",
                "content_part.done",
                "output_item.done",
            ],
        ),
        (
            "done-events-missing",
            CALLS,
            [
                "function_call_arguments.done",
                "output_item.done",
                "custom_tool_call_input.done",
                "output_item.done",
            ],
        ),
        ("completed-missing", TEXT, ["completed"]),
        ("completed-missing", CUT, ["incomplete"]),
        ("completed-missing", FAILED, ["failed"]),
        ("finish-missing", TEXT, ["completed"]),
        ("finish-missing", CUT, ["incomplete"]),
    ],
)
def test_events_that_are_left_out(name: str, reply: Reply, expected: Sequence[str]) -> None:
    assert missing(name, reply) == expected


def test_a_stream_without_an_end_does_not_tell_that_it_was_cut() -> None:
    found = stream("finish-missing", CUT)

    assert set(values("status", found)) == {"in_progress"}


def test_a_stream_without_its_terminal_event_still_tells_of_items_that_are_cut() -> None:
    assert "incomplete" in values("status", stream("completed-missing", CUT))


def test_empty_pieces_go_ahead_of_every_piece_of_text() -> None:
    found = of_type(stream("empty-delta", TEXT), "response.output_text.delta")

    assert [event["delta"] for event in found] == ["", "Hello", "", " there"]
    assert [list(event) for event in found] == [list(found[0])] * 4
    assert values("delta", stream("empty-delta", REFUSAL)) == ["", "Not", "", " that"]


def test_a_done_marker_follows_the_terminal_event() -> None:
    assert deviating("done-marker", healthy(CUT)) == [*healthy(CUT), b"data: [DONE]\n\n"]
    assert deviating("done-marker", failing(TEXT)) == [*failing(TEXT), b"data: [DONE]\n\n"]


def test_events_have_no_name() -> None:
    frames = deviating("event-names-missing", healthy(CALL))

    assert {frame[:6] for frame in frames} == {b"data: "}
    assert data_of(frames) == data_of(healthy(CALL))


# --------------------------------------------------------------------------------------------- responses


def test_the_life_cycle_comes_without_its_wrapper() -> None:
    created, *_, completed = stream("unwrapped-response", TEXT)
    *_, wrapped = data_of(healthy(TEXT))

    assert (created["type"], created["status"], created["sequence_number"]) == (
        "response.created",
        "in_progress",
        0,
    )
    assert completed == {"type": COMPLETED, **wrapped["response"], "sequence_number": 9}


def test_what_has_started_has_no_output() -> None:
    created, in_progress, *_, completed = stream("started-without-output", TEXT)

    assert "output" not in created["response"]
    assert "output" not in in_progress["response"]
    assert completed["response"]["output"]


def test_what_is_finished_has_no_output() -> None:
    created, *_, completed = stream("completed-without-output", TEXT)

    assert created["response"]["output"] == []
    assert "output" not in completed["response"]
    assert "output" not in body("completed-without-output", TEXT)


def test_what_is_finished_has_an_empty_output() -> None:
    assert stream("completed-output-empty", CUT)[-1]["response"]["output"] == []
    assert body("completed-output-empty", CUT)["output"] == []


def test_a_finish_is_null() -> None:
    last = stream("finish-null", CUT)[-1]

    assert last["type"] == "response.incomplete"
    assert (last["response"]["status"], last["response"]["incomplete_details"]) == (None, None)
    assert body("finish-null", TEXT)["status"] is None
    assert body("finish-null", FAILED)["status"] == "failed"


@pytest.mark.parametrize("reply", [CUT, CUT_CALL])
def test_a_lie_makes_a_truncated_answer_complete(reply: Reply) -> None:
    found = stream("finish-lies", reply)

    assert found[-1]["type"] == COMPLETED
    assert found[-1]["response"] == body("finish-lies", reply)
    assert set(values("status", found)) == {"in_progress", "completed"}
    assert set(values("incomplete_details", found)) == {None}
    assert found[-1]["response"]["completed_at"] == found[-1]["response"]["created_at"]


def test_an_incomplete_response_comes_under_the_name_of_a_complete_one() -> None:
    frames = deviating("incomplete-named-completed", healthy(CUT))

    assert frames[-1].startswith(b'event: response.completed\ndata: {"type":"response.completed",')
    assert data_of(frames)[-1]["response"]["status"] == "incomplete"


def test_the_id_of_the_response_changes_at_its_end() -> None:
    begun, in_progress, *_, last = stream("id-changes", TEXT)

    assert begun["response"]["id"] == in_progress["response"]["id"]
    assert last["response"]["id"] == begun["response"]["id"] + "_2"


def test_no_response_names_its_model() -> None:
    assert not values("model", stream("model-missing", TEXT))
    assert "model" not in body("model-missing", TEXT)


# -------------------------------------------------------------------------------------------------- usage


USED = {
    "input_tokens": 8,
    "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 4},
    "output_tokens": 2,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 10,
}


@pytest.mark.parametrize(
    ("name", "usage"),
    [
        ("usage-null", None),
        (
            "usage-zero",
            {
                "input_tokens": 0,
                "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
                "output_tokens": 0,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 0,
            },
        ),
        ("usage-details-missing", {"input_tokens": 8, "output_tokens": 2, "total_tokens": 10}),
        (
            "usage-details-null",
            USED
            | {
                "input_tokens_details": {"cache_write_tokens": None, "cached_tokens": None},
                "output_tokens_details": {"reasoning_tokens": None},
            },
        ),
        (
            "usage-chat-names",
            {
                "prompt_tokens": 8,
                "prompt_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 4},
                "completion_tokens": 2,
                "completion_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 10,
            },
        ),
    ],
)
def test_usage_departs_in_the_terminal_event_and_in_the_json(name: str, usage: Json) -> None:
    assert rendered(TEXT, **FIELDS)["usage"] == USED

    assert stream(name, TEXT)[-1]["response"]["usage"] == usage
    assert body(name, TEXT)["usage"] == usage


def test_usage_is_missing() -> None:
    assert not values("usage", stream("usage-missing", TEXT))
    assert "usage" not in body("usage-missing", TEXT)


# ------------------------------------------------------------------------------------ items and contents


@pytest.mark.parametrize(
    ("name", "reply", "member"),
    [
        ("item-id-missing", CALLS, "id"),
        ("item-status-missing", CALLS, "status"),
        ("role-missing", TEXT, "role"),
        ("signature-missing", REASONED, "encrypted_content"),
        ("call-id-missing", CALLS, "call_id"),
    ],
)
def test_a_member_is_missing_from_every_item(name: str, reply: Reply, member: str) -> None:
    def items(found: list[JsonObject], response: JsonObject) -> list[JsonObject]:
        inside = [event["item"] for event in found if "item" in event]
        return [*inside, *found[-1]["response"]["output"], *response["output"]]

    sound = items(data_of(healthy(reply)), rendered(reply, **FIELDS))
    deviant = items(stream(name, reply), body(name, reply))

    assert any(member in item for item in sound)
    assert deviant == [{key: item[key] for key in item if key != member} for item in sound]


def test_other_items_keep_what_is_encrypted() -> None:
    compaction = Reply((Native({"openai": {"id": "c", "type": "compaction", "encrypted_content": "x"}}),))

    assert values("encrypted_content", body("signature-missing", compaction)) == ["x"]


def test_an_item_has_three_ids() -> None:
    found = stream("item-id-changes", TEXT)
    [added], [done] = of_type(found, ADDED), of_type(found, DONE)
    identity = added["item"]["id"]

    assert set(values("item_id", found)) == {identity}
    assert done["item"]["id"] == f"{identity}_2"
    assert found[-1]["response"]["output"][0]["id"] == f"{identity}_3"


def test_what_was_cut_claims_to_be_complete_within_an_incomplete_response() -> None:
    found = stream("item-status-lies", CUT)

    assert of_type(found, DONE)[-1]["item"]["status"] == "completed"
    assert found[-1]["response"] == body("item-status-lies", CUT)
    assert found[-1]["response"]["status"] == "incomplete"
    assert found[-1]["response"]["output"][-1]["status"] == "completed"


def test_the_content_of_a_message_is_null() -> None:
    found = stream("content-null", TEXT)

    assert values("content", found) == [None, None, None]
    assert values("delta", found) == ["Hello", " there"]
    assert values("content", body("content-null", TEXT)) == [None]


def test_a_call_loses_its_name_where_it_is_done() -> None:
    found = stream("call-name-empty", CALL)

    assert of_type(found, ADDED)[0]["item"]["name"] == "f"
    assert of_type(found, DONE)[0]["item"]["name"] == ""
    assert found[-1]["response"]["output"][0]["name"] == "f"


def test_arguments_are_an_object_wherever_they_are_whole() -> None:
    found = stream("call-arguments-object", CALLS)

    assert values("arguments", found) == ["", {"a": 1}, {"a": 1}, {"a": 1}]
    assert "".join(map(str, values("delta", found))) == '{"a":1}ls'
    assert values("arguments", body("call-arguments-object", CALLS)) == [{"a": 1}]


@pytest.mark.parametrize("member", ["annotations", "logprobs"])
def test_contents_lack_a_list_that_is_always_there(member: str) -> None:
    assert values(member, data_of(healthy(TEXT)))
    assert values(member, rendered(TEXT, **FIELDS))

    assert not values(member, stream(f"{member}-missing", TEXT))
    assert not values(member, body(f"{member}-missing", TEXT))


# ------------------------------------------------------------------------------------------------- errors


def test_an_error_is_a_plain_text() -> None:
    *_, error, failed = deviating("error-plain", failing(TEXT))

    assert error == b'event: error\ndata: {"error":"Boom"}\n\n'
    assert failed.startswith(b"event: response.failed\n")


def test_an_error_is_flat_as_the_reference_types_it() -> None:
    *_, error, _ = deviating("error-flat", failing(TEXT))

    assert error == (
        b"event: error\n"
        b'data: {"type":"error","code":null,"message":"Boom","param":null,"sequence_number":5}\n\n'
    )
