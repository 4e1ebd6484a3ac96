"""What a key sets for itself, over the pages of the server's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from conftest import ToyClient

from mockserver.conversation import Http
from mockserver.server.pages import control_answer

PATH = "/_mock/settings"


@pytest.fixture
def mock(client: Callable[..., ToyClient]) -> ToyClient:
    return client("scenario: s\nreply: Hi")


OTHERS = {"faults": [], "speed": 1.0, "unmatched": "error"}


def get(mock: ToyClient, key: str = "k") -> Any:
    answer = control_answer(Http("GET", PATH, key=key), mock.service)
    return orjson.loads(answer.body)


def put(mock: ToyClient, body: bytes, key: str = "k") -> tuple[int, Any]:
    answer = control_answer(Http("PUT", PATH, body=body, key=key), mock.service)
    return answer.status, orjson.loads(answer.body)


def test_the_settings_are_the_servers_until_a_key_has_its_own(client: Callable[..., ToyClient]) -> None:
    mock = client("scenario: s\nreply: Hi", contract="strict")

    assert get(mock) == {"contract": "strict"} | OTHERS


@pytest.mark.parametrize("mode", ["documented", "strict", "off"])
def test_a_key_can_have_its_requests_judged_otherwise(mock: ToyClient, mode: str) -> None:
    told = put(mock, b'{"contract": "%s"}' % mode.encode())

    assert told == (200, {"contract": mode} | OTHERS)
    assert get(mock) == {"contract": mode} | OTHERS


def test_other_keys_are_judged_as_before(mock: ToyClient) -> None:
    put(mock, b'{"contract": "strict"}')

    assert get(mock, key="other") == {"contract": "documented"} | OTHERS


def test_settings_without_a_key_are_no_ones(mock: ToyClient) -> None:
    status, answer = put(mock, b'{"contract": "strict"}', key="")

    assert status == 400
    assert answer["error"]["message"].startswith("This is about the requests with one key. Send the key")
    assert get(mock, key="") == {"contract": "documented"} | OTHERS


def test_where_no_key_is_needed_settings_need_none(client: Callable[..., ToyClient]) -> None:
    mock = client("scenario: s\nreply: Hi", auth="off")

    assert put(mock, b'{"contract": "strict"}', key="") == (200, {"contract": "strict"} | OTHERS)


def test_null_is_how_the_server_judges(mock: ToyClient) -> None:
    put(mock, b'{"contract": "strict"}')

    assert put(mock, b'{"contract": null}') == (200, {"contract": "documented"} | OTHERS)


def test_what_is_not_named_stays_as_it_is(mock: ToyClient) -> None:
    put(mock, b'{"contract": "strict"}')

    assert put(mock, b"{}") == (200, {"contract": "strict"} | OTHERS)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            b'{"contract": "loose"}',
            '`contract` cannot be "loose": it is "documented", "strict", "off" or null.',
        ),
        (
            b'{"contract": ["off"]}',
            '`contract` cannot be ["off"]: it is "documented", "strict", "off" or null.',
        ),
        (b'{"speed": -1}', "`speed` cannot be -1: it is a number, 0 or more, or null."),
        (b'{"speed": true}', "`speed` cannot be true: it is a number, 0 or more, or null."),
        (b'{"speed": "fast"}', '`speed` cannot be "fast": it is a number, 0 or more, or null.'),
        (b'{"unmatched": "nothing"}', '`unmatched` cannot be "nothing": it is "auto", "error" or null.'),
        (b'{"faults": "cut"}', "`faults` is a list of names, or null."),
        (
            b'{"contrakt": "off"}',
            'There is no setting "contrakt". There is contract, faults, speed',
        ),
        (b'["off"]', 'The body is a JSON object, such as {"contract": "strict"}.'),
        (b"off", "The body is not JSON: "),
    ],
)
def test_what_cannot_be_set_is_told_with_what_can(mock: ToyClient, body: bytes, told: str) -> None:
    status, answer = put(mock, body)

    assert status == 400
    assert answer["error"]["message"].startswith(told)


def test_pace_and_what_answers_unmatched_can_be_set_and_are_the_servers_again_with_null(
    mock: ToyClient,
) -> None:
    set_for_key = put(mock, b'{"speed": 0, "unmatched": "auto", "faults": ["cut-mid-stream"]}')
    set_back = put(mock, b'{"speed": null, "unmatched": null, "faults": null}')

    assert set_for_key[1] == {
        "contract": "documented",
        "faults": ["cut-mid-stream"],
        "speed": 0,
        "unmatched": "auto",
    }
    assert set_back[1] == {"contract": "documented"} | OTHERS


def test_nothing_is_set_where_anything_is_wrong(mock: ToyClient) -> None:
    put(mock, b'{"contract": "off", "more": 1}')

    assert get(mock) == {"contract": "documented"} | OTHERS


def test_a_page_tells_which_methods_it_answers(mock: ToyClient) -> None:
    answer = control_answer(Http("DELETE", PATH), mock.service)

    assert (answer.status, dict(answer.headers)["allow"]) == (405, "GET, PUT")
    assert orjson.loads(answer.body)["error"]["message"] == "/_mock/settings answers GET and PUT only."


def test_a_path_that_is_not_there_tells_which_are(mock: ToyClient) -> None:
    answer = control_answer(Http("GET", "/_mock/setings"), mock.service)

    assert answer.status == 404
    assert (
        "/_mock/openapi.json, /_mock/faults, /_mock/settings" in orjson.loads(answer.body)["error"]["message"]
    )
