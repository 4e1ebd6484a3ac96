"""The items of a conversation: added, listed in pages, shown, deleted; and what responses add to them."""

from __future__ import annotations

from typing import Any

import pytest
from protocols.openai.responses_wire import Memory, refused, request

from mockserver.conversation import Failure, Json, Message, NativeFinish, Reply, Text, ToolCall, ToolResult

PATH = "/v1/conversations"
HELLO = Reply((Text("Hello"),))
STARTED = 100.0


def user(text: str) -> Json:
    return {"role": "user", "content": text}


def created(memory: Memory, *items: Json) -> str:
    return str(memory.told("POST", PATH, {"items": list(items)})["id"])


def listed(memory: Memory, name: str, elapsed: float = 0, **query: str) -> Any:
    return memory.told("GET", f"{PATH}/{name}/items", elapsed=elapsed, **query)


def texts(page: Any) -> list[str]:
    return [item["content"][0]["text"] for item in page["data"]]


# ------------------------------------------------------------------------------------------------ routes


def test_items_are_listed_with_ids_and_contents_in_parts() -> None:
    memory = Memory()
    name = created(memory, user("Hi"))

    page = listed(memory, name)

    [item] = page["data"]
    assert item == {
        "id": item["id"],
        "type": "message",
        "status": "completed",
        "content": [{"type": "input_text", "text": "Hi"}],
        "role": "user",
    }
    assert page == {
        "object": "list",
        "data": [item],
        "first_id": item["id"],
        "has_more": False,
        "last_id": item["id"],
    }


def test_added_items_are_given_back_as_a_list() -> None:
    memory = Memory()
    name = created(memory, user("One"))

    added = memory.told("POST", f"{PATH}/{name}/items", {"items": [user("Two"), user("Three")]})

    assert (added["object"], texts(added), added["has_more"]) == ("list", ["Two", "Three"], False)
    assert texts(listed(memory, name, order="asc")) == ["One", "Two", "Three"]


def test_every_item_has_an_id_of_its_own_even_after_some_are_deleted() -> None:
    memory = Memory()
    name = created(memory, user("One"))
    first = listed(memory, name)["first_id"]
    memory.told("DELETE", f"{PATH}/{name}/items/{first}")

    memory.told("POST", f"{PATH}/{name}/items", {"items": [user("Two")]})

    assert listed(memory, name)["first_id"] != first


def test_items_are_listed_in_pages_from_the_newest() -> None:
    memory = Memory()
    name = created(memory, *[user(str(number)) for number in range(5)])

    first = listed(memory, name, limit="2")
    second = listed(memory, name, limit="2", after=first["last_id"])
    last = listed(memory, name, limit="2", after=second["last_id"])

    assert [texts(page) for page in (first, second, last)] == [["4", "3"], ["2", "1"], ["0"]]
    assert [page["has_more"] for page in (first, second, last)] == [True, True, False]


def test_an_item_that_comes_again_gets_an_id_of_its_own_so_that_pages_have_an_end() -> None:
    memory = Memory()
    name = created(memory, *[{**user(str(number)), "id": "msg_1"} for number in range(3)])

    first = listed(memory, name, limit="2", order="asc")
    last = listed(memory, name, limit="2", order="asc", after=first["last_id"])

    assert first["first_id"] == "msg_1"
    assert [texts(page) for page in (first, last)] == [["0", "1"], ["2"]]
    assert (first["has_more"], last["has_more"]) == (True, False)


def test_an_item_that_a_response_refers_to_is_added_to_the_conversation_as_another() -> None:
    memory = Memory()
    name = created(memory, user("Hi"))
    item = listed(memory, name)["first_id"]

    reference = {"type": "item_reference", "id": item}
    memory.converse(Reply((Text("Hello"),)), conversation=name, input=[reference])
    page = listed(memory, name, order="asc")

    assert texts(page) == ["Hi", "Hi", "Hello"]
    assert len({found["id"] for found in page["data"]}) == 3


def test_a_wrong_query_is_refused() -> None:
    memory = Memory()
    name = created(memory)

    failure = memory.ask("GET", f"{PATH}/{name}/items", limit="0")

    assert isinstance(failure, Failure)
    assert failure.param == "limit"


def test_a_wrong_query_is_only_noted_where_nothing_is_refused() -> None:
    memory = Memory("off")
    name = created(memory)

    answer = memory.ask("GET", f"{PATH}/{name}/items", limit="0")

    assert not isinstance(answer, Failure)
    assert [found.code for found in answer.findings] == ["integer_below_min_value"]


def test_one_item_is_shown_and_deleted() -> None:
    memory = Memory()
    name = created(memory, user("One"), user("Two"))
    item = listed(memory, name)["data"][0]
    at = f"{PATH}/{name}/items/{item['id']}"

    assert memory.told("GET", at) == item
    assert memory.told("DELETE", at) == memory.told("GET", f"{PATH}/{name}")
    assert texts(listed(memory, name)) == ["One"]
    for method in ("GET", "DELETE"):
        assert memory.not_told(method, at) == Failure(
            "not_found", message=f"Item with id '{item['id']}' not found."
        )


# --------------------------------------------------------------------------------------------- responses


@pytest.mark.parametrize("by_id", [True, False])
def test_a_response_goes_on_from_its_conversation(by_id: bool) -> None:
    memory = Memory()
    name = created(memory, {"role": "developer", "content": "Be terse."}, user("Hi"))

    found = request(memory.context(), conversation=name if by_id else {"id": name}, input="And?")

    assert found.messages == (Message("user", (Text("Hi"),)), Message("user", (Text("And?"),)))
    assert found.system == "Be terse."


def test_the_input_and_the_output_of_a_response_are_added() -> None:
    memory = Memory()
    name = created(memory)

    first = memory.converse(HELLO, conversation=name)
    memory.converse(Reply((Text("Fine."),)), conversation={"id": name}, input="And?", store=False)
    found = request(memory.context(), conversation=name, input="Bye")

    assert first["conversation"] == {"id": name}
    assert texts(listed(memory, name, order="asc")) == ["Hi", "Hello", "And?", "Fine."]
    assert [message.text for message in found.messages] == ["Hi", "Hello", "And?", "Fine.", "Bye"]
    assert listed(memory, name, order="asc")["data"][1] == first["output"][0]


def test_a_response_keeps_no_messages_of_its_conversation_which_would_be_all_of_them_each_time() -> None:
    memory = Memory()
    name = created(memory, user("Hi"))

    told = memory.converse(Reply((Text("Hello"),)), conversation=name, input="And?")

    assert memory.kept[told["id"]].messages == ()


def test_a_response_of_a_conversation_is_gone_on_from_by_its_id() -> None:
    memory = Memory()
    name = created(memory, user("Hi"))
    told = memory.converse(Reply((Text("Hello"),)), conversation=name, input="And?")

    found = request(memory.context(), previous_response_id=told["id"], input="Bye")

    assert [message.text for message in found.messages] == ["Hi", "And?", "Hello", "Bye"]


def test_a_call_is_answered_in_its_conversation() -> None:
    memory = Memory()
    name = created(memory)
    call = memory.converse(Reply((ToolCall("f", {"a": 1}),), "tool_calls"), conversation=name)["output"][0]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "18"}

    found = request(memory.context(), conversation=name, input=[output])

    assert found.messages[1:] == (
        Message("assistant", (ToolCall("f", {"a": 1}, call["call_id"]),)),
        Message("tool", (ToolResult(call["call_id"], "18"),)),
    )
    assert refused(memory.context(), conversation=name).message == (
        f"No tool output found for function call {call['call_id']}."
    )


def test_a_response_that_failed_adds_nothing() -> None:
    memory = Memory()
    name = created(memory)

    memory.converse(Reply((Text("Hel"),), NativeFinish("failed")), conversation=name)

    assert listed(memory, name)["data"] == []


def test_a_response_in_the_background_adds_its_items_when_it_is_done() -> None:
    memory = Memory()
    name = created(memory)
    memory.converse(HELLO, ((1.0, "Hel"), (3.0, "lo")), STARTED, conversation=name, background=True)

    running, done = (listed(memory, name, STARTED + since, order="asc") for since in (2.9, 3.0))

    assert (running["data"], running["first_id"]) == ([], None)
    assert texts(done) == ["Hi", "Hello"]


def test_what_two_responses_in_the_background_add_has_ids_of_its_own() -> None:
    memory = Memory()
    name = created(memory)
    for _ in range(2):
        memory.converse(
            Reply((Text("Done"),)),
            ((1.0, "Do"), (3.0, "ne")),
            STARTED,
            background=True,
            conversation=name,
            input=[{**user("Go"), "id": "msg_1"}],
        )

    items = listed(memory, name, STARTED + 9)["data"]

    assert len(items) == len({item["id"] for item in items}) == 4


def test_a_cancelled_response_adds_nothing() -> None:
    memory = Memory()
    name = created(memory)
    response = memory.converse(
        HELLO, ((1.0, "Hel"), (3.0, "lo")), STARTED, conversation=name, background=True
    )

    memory.told("POST", f"/v1/responses/{response['id']}/cancel", elapsed=STARTED + 2)

    assert listed(memory, name, STARTED + 9)["data"] == []


def test_an_item_of_the_conversation_may_be_referred_to() -> None:
    memory = Memory()
    name = created(memory, user("Hi"))
    item = listed(memory, name)["first_id"]

    found = request(memory.context(), conversation=name, input=[{"type": "item_reference", "id": item}])

    assert [message.text for message in found.messages] == ["Hi", "Hi"]


@pytest.mark.parametrize("conversation", ["conv_x", {"id": "conv_x"}])
def test_an_unknown_conversation_is_not_found(conversation: Any) -> None:
    assert refused(conversation=conversation) == Failure(
        "not_found", message="Conversation with id 'conv_x' not found."
    )


def test_a_response_is_no_conversation_and_a_conversation_no_response() -> None:
    memory = Memory()
    name = created(memory)
    response = memory.converse(HELLO)["id"]

    assert refused(memory.context(), conversation=response).kind == "not_found"
    assert refused(memory.context(), previous_response_id=name).code == "previous_response_not_found"
    assert memory.not_told("GET", f"/v1/responses/{name}").kind == "not_found"
