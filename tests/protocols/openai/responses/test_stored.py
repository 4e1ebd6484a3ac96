"""What the API keeps of a response: going on from it, looking it up, listing its input."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from protocols.openai.responses_wire import CONTEXT, Memory, read, refused, request

from mockserver.conversation import (
    Failure,
    Http,
    JsonObject,
    Message,
    Reply,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from mockserver.protocols.base import Answer, Context, Stored, Stream
from mockserver.protocols.openai.responses import DIALECT, ROUTES
from mockserver.protocols.openai.responses.stored import list_input_items

HELLO = Reply((Text("Hello"),))
WEATHER = Reply((Thinking("Hm"), ToolCall("get_weather", {"city": "Paris"})), "tool_calls")


def respond(method: str, path: str, context: Context, http: Http) -> Answer | Failure:
    [route] = [route for route in ROUTES if (route.method, route.path) == (method, path)]
    assert callable(route.serve)
    answer = route.serve(http, context)
    assert not isinstance(answer, Stream)
    return answer


def retrieved(memory: Memory, name: str) -> JsonObject:
    http = Http("GET", f"/v1/responses/{name}", params={"response_id": name})
    answer = respond("GET", "/v1/responses/{response_id}", memory.context(), http)
    assert isinstance(answer, Answer), answer
    body: JsonObject = orjson.loads(answer.body)
    return body


def input_items(memory: Memory, name: str, **query: str) -> JsonObject | Failure:
    path = "/v1/responses/{response_id}/input_items"
    http = Http("GET", path, query=query, params={"response_id": name})
    answer = respond("GET", path, memory.context(), http)
    if isinstance(answer, Failure):
        return answer
    body: JsonObject = orjson.loads(answer.body)
    return body


def listed(memory: Memory, name: str, **query: str) -> JsonObject:
    found = input_items(memory, name, **query)
    assert isinstance(found, dict), found
    return found


# ----------------------------------------------------------------------------------------- going on


def test_a_chained_request_holds_the_whole_conversation() -> None:
    memory = Memory()
    first = memory.converse(HELLO, input="Hi")
    second = memory.converse(Reply((Text("Fine."),)), input="And?", previous_response_id=first["id"])

    third = request(memory.context(), input="Bye", previous_response_id=second["id"])

    assert [(message.role, message.text) for message in third.messages] == [
        ("user", "Hi"),
        ("assistant", "Hello"),
        ("user", "And?"),
        ("assistant", "Fine."),
        ("user", "Bye"),
    ]


def test_a_chained_response_names_the_one_before() -> None:
    memory = Memory()
    first = memory.converse(HELLO)

    second = memory.converse(HELLO, previous_response_id=first["id"])

    assert second["previous_response_id"] == first["id"]
    assert second["id"] != first["id"]


def test_the_output_of_a_call_goes_on_from_the_call() -> None:
    memory = Memory()
    first = memory.converse(WEATHER)
    call = first["output"][1]["call_id"]

    found = request(
        memory.context(),
        previous_response_id=first["id"],
        input=[{"type": "function_call_output", "call_id": call, "output": "18"}],
    )

    assert found.messages[1:] == (
        Message("assistant", (Thinking(""), ToolCall("get_weather", {"city": "Paris"}, call))),
        Message("tool", (ToolResult(call, "18"),)),
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            [{"type": "function_call_output", "call_id": "call_x", "output": "18"}],
            "No tool output found for function call ",
        ),
        ("And?", "No tool output found for function call "),
    ],
)
def test_a_call_that_was_kept_must_be_answered(given: Any, message: str) -> None:
    memory = Memory()
    first = memory.converse(WEATHER)

    failure = refused(memory.context(), previous_response_id=first["id"], input=given)

    assert failure.message == f"{message}{first['output'][1]['call_id']}."


def test_instructions_are_not_inherited_and_system_messages_are() -> None:
    memory = Memory()
    said = [{"role": "developer", "content": "Speak French."}, {"role": "user", "content": "Hi"}]
    first = memory.converse(HELLO, input=said, instructions="Be terse.")

    second = request(memory.context(), previous_response_id=first["id"], instructions="Be kind.")

    assert second.system == "Be kind.\nSpeak French."


def test_going_on_needs_no_new_input() -> None:
    memory = Memory()
    first = memory.converse(HELLO)

    found = read(memory.context(), input=None, previous_response_id=first["id"])

    assert isinstance(found, Request)
    assert [message.text for message in found.messages] == ["Hi", "Hello"]


def test_an_unknown_previous_response_is_not_found() -> None:
    assert refused(previous_response_id="resp_x") == Failure(
        "invalid_request",
        message="Previous response with id 'resp_x' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


@pytest.mark.parametrize("conversation", ["conv_x", {"id": "conv_x"}])
def test_an_unknown_conversation_is_not_found(conversation: Any) -> None:
    assert refused(conversation=conversation) == Failure(
        "not_found", message="Conversation with id 'conv_x' not found."
    )


def test_a_response_that_was_not_stored_cannot_be_gone_on_from() -> None:
    memory = Memory()
    first = memory.converse(HELLO, store=False)

    assert memory.kept == {}
    assert refused(memory.context(), previous_response_id=first["id"]).code == "previous_response_not_found"


def test_nothing_is_kept_when_what_came_before_is_gone() -> None:
    memory = Memory()
    first = memory.converse(HELLO)
    second = request(memory.context(), previous_response_id=first["id"])

    assert DIALECT.keep(HELLO, second, CONTEXT) is None


def test_a_reference_is_the_item_it_names() -> None:
    memory = Memory()
    first = memory.converse(WEATHER, reasoning={"summary": "auto"})
    reasoning, call = first["output"]

    found = request(
        memory.context(),
        input=[
            {"role": "user", "content": "Hi"},
            {"type": "item_reference", "id": reasoning["id"]},
            {"id": call["id"]},
            {"type": "function_call_output", "call_id": call["call_id"], "output": "18"},
        ],
    )

    assert found.messages[1] == Message(
        "assistant", (Thinking("Hm"), ToolCall("get_weather", {"city": "Paris"}, call["call_id"]))
    )


def test_kept_reasoning_may_come_back_without_its_content() -> None:
    memory = Memory()
    reasoning, message = memory.converse(Reply((Thinking("Hm"), Text("Hello"))))["output"]

    again = read(memory.context(), input=[reasoning, message, {"role": "user", "content": "And?"}])

    assert isinstance(again, Request)


# ------------------------------------------------------------------------------------------- looking up


def test_a_stored_response_is_given_again_as_it_was() -> None:
    memory = Memory()
    response = memory.converse(WEATHER, metadata={"a": "b"})

    assert retrieved(memory, response["id"]) == response


def test_a_deleted_response_cannot_be_found_again() -> None:
    path = "/v1/responses/{response_id}"
    http = Http("DELETE", "/v1/responses/resp_1", params={"response_id": "resp_1"})
    kept = {"resp_1": Stored((), {"response": {}})}
    context = Context(recall=kept.get, forget=lambda name: kept.pop(name, None) is not None)

    answers = [respond("DELETE", path, context, http) for _ in range(2)]

    assert isinstance(answers[0], Answer)
    assert orjson.loads(answers[0].body) == {"id": "resp_1", "object": "response", "deleted": True}
    assert answers[1] == Failure("not_found", message="Response with id 'resp_1' not found.")


def test_only_a_response_in_the_background_can_be_cancelled() -> None:
    path = "/v1/responses/{response_id}/cancel"
    background, foreground = {"id": "resp_1", "background": True}, {"id": "resp_2", "background": False}
    kept = {told["id"]: Stored((), {"response": told}) for told in (background, foreground)}

    def cancelled(name: str) -> Answer | Failure:
        http = Http("POST", f"/v1/responses/{name}/cancel", params={"response_id": name})
        return respond("POST", path, Context(recall=kept.get), http)

    done = cancelled("resp_1")
    assert isinstance(done, Answer)
    assert orjson.loads(done.body) == background
    assert cancelled("resp_2") == Failure("invalid_request", message="Cannot cancel a synchronous response.")
    assert cancelled("resp_3") == Failure("not_found", message="Response with id 'resp_3' not found.")


@pytest.mark.parametrize("path", ["/v1/responses/{response_id}", "/v1/responses/{response_id}/input_items"])
def test_a_response_that_was_never_kept_cannot_be_found(path: str) -> None:
    kept = {"thread_1": Stored(())}
    context = Context(recall=kept.get)

    for name in ("resp_x", "thread_1"):
        failure = respond("GET", path, context, Http("GET", path, params={"response_id": name}))

        assert failure == Failure("not_found", message=f"Response with id '{name}' not found.")


def test_the_error_of_a_missing_response_is_a_404_without_a_code() -> None:
    http = Http("GET", "/v1/responses/resp_x", params={"response_id": "resp_x"})
    failure = respond("GET", "/v1/responses/{response_id}", CONTEXT, http)
    assert isinstance(failure, Failure)

    answer = DIALECT.refuse(failure, http, CONTEXT)

    assert answer.status == 404
    assert orjson.loads(answer.body) == {
        "error": {
            "message": "Response with id 'resp_x' not found.",
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        }
    }


def test_input_is_listed_in_parts_with_ids_and_status() -> None:
    memory = Memory()
    response = memory.converse(HELLO, input="Hi")

    page = listed(memory, response["id"])

    [item] = page["data"]
    assert item["id"].startswith(f"msg_{response['id'][5:21]}")
    assert item == {
        "id": item["id"],
        "type": "message",
        "status": "completed",
        "content": [{"type": "input_text", "text": "Hi"}],
        "role": "user",
    }
    assert (page["object"], page["first_id"], page["last_id"]) == ("list", item["id"], item["id"])
    assert page["has_more"] is False


def test_any_item_is_listed_with_an_id() -> None:
    memory = Memory()
    items = [
        {"role": "assistant", "content": "Hello"},
        {"type": "reasoning", "summary": [], "encrypted_content": "c2ln"},
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "id": "fc_mine", "call_id": "call_1", "output": "18"},
    ]
    response = memory.converse(HELLO, input=items)

    said, reasoning, call, output = listed(memory, response["id"], order="asc")["data"]

    assert said["content"] == [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hello"}]
    assert (reasoning["id"][:3], "status" in reasoning) == ("rs_", False)
    assert list(call) == ["id", "type", "status", "arguments", "call_id", "name"]
    assert (output["id"], output["status"]) == ("fc_mine", "completed")


def several(memory: Memory) -> tuple[str, list[str]]:
    """A response with five messages as its input, and their ids in order."""
    said = [{"role": "user", "content": str(number)} for number in range(5)]
    name = memory.converse(HELLO, input=said)["id"]
    return name, [item["id"] for item in listed(memory, name, order="asc")["data"]]


def test_input_is_listed_from_the_newest() -> None:
    memory = Memory()
    name, ids = several(memory)

    assert [item["id"] for item in listed(memory, name)["data"]] == ids[::-1]


def test_input_is_listed_in_pages() -> None:
    memory = Memory()
    name, ids = several(memory)

    first = listed(memory, name, limit="2", order="asc")
    second = listed(memory, name, limit="2", order="asc", after=first["last_id"])
    last = listed(memory, name, limit="2", order="asc", after=second["last_id"])

    pages = [[item["id"] for item in page["data"]] for page in (first, second, last)]
    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert [page["has_more"] for page in (first, second, last)] == [True, True, False]
    assert (first["first_id"], first["last_id"]) == (ids[0], ids[1])


def test_a_page_after_the_last_item_is_empty() -> None:
    memory = Memory()
    name, ids = several(memory)

    page = listed(memory, name, order="asc", after=ids[-1])

    assert (page["data"], page["first_id"], page["last_id"]) == ([], None, None)


@pytest.mark.parametrize(
    ("query", "param", "code"),
    [
        ({"limit": "101"}, "limit", "integer_above_max_value"),
        ({"limit": "0"}, "limit", "integer_below_min_value"),
        ({"limit": "x"}, "limit", "invalid_type"),
        ({"order": "newest"}, "order", "invalid_value"),
    ],
)
def test_a_wrong_query_is_refused(query: dict[str, str], param: str, code: str) -> None:
    memory = Memory()
    name, _ = several(memory)

    failure = input_items(memory, name, **query)

    assert isinstance(failure, Failure)
    assert (failure.param, failure.code) == (param, code)


def test_a_wrong_query_is_only_noted_where_nothing_is_refused() -> None:
    memory = Memory("off")
    name, ids = several(memory)

    answer = memory.ask("GET", f"/v1/responses/{name}/input_items", limit="0")

    assert isinstance(answer, Answer)
    assert [found.code for found in answer.findings] == ["integer_below_min_value"]
    assert len(orjson.loads(answer.body)["data"]) == len(ids)


def test_what_no_page_names_in_a_query_is_noted() -> None:
    memory = Memory()
    name, _ = several(memory)
    http = memory.http("GET", "", newest="1", **{"include[]": "reasoning.encrypted_content"})

    answer = list_input_items(replace(http, params={"response_id": name}), memory.context())

    assert isinstance(answer, Answer)
    assert [(found.severity, found.pointer) for found in answer.findings] == [("unknown", "/newest")]
