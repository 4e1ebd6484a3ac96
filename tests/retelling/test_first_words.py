"""Where the first words stand in a body: they are found there in another, or nothing is."""

from __future__ import annotations

import orjson
import pytest
from faults.wires import DIALECTS

from mockserver.retelling.first_words import Around, around

BODIES = {
    "the words last": b'{"model":"m","messages":[{"role":"user","content":%b}]}',
    "the role behind them": b'{"model":"m","messages":[{"content":%b,"role":"user"}]}',
    "members behind them": b'{ "messages" : [{"role":"user","content": %b }], "model" : "m" ,"user":"b"}',
}


def around_in(body: bytes, text: str) -> Around:
    talk = DIALECTS["openai.chat"].talk
    assert talk
    sent = body % orjson.dumps(text)
    outline = talk.outline(orjson.loads(sent))
    assert outline
    return around(talk, sent, text, outline)


@pytest.mark.parametrize("text", ["Hello.", "}]", "é\n", '"', "\\"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_other_words_are_found_where_the_first_stood(body: bytes, text: str) -> None:
    assert around_in(body, text).text(body % b'"Another one."') == "Another one."


@pytest.mark.parametrize("text", [",", ":", "m", "user", "b", "content", " : ", "another"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_stands_elsewhere_too_is_never_taken_for_other_words(body: bytes, text: str) -> None:
    found = around_in(body, text)

    assert found.text(body % b'"Another one."') in {"Another one.", ""}
    assert not found.text(body.replace(b'"m"', b'"Another model"') % orjson.dumps(text))


@pytest.mark.parametrize("words", [b"\xff", b"a\xc3", b"\xed\xa0\x80 b", b'a"b', b"a\\nb", b" ", b""])
def test_what_may_not_stand_between_quotes_as_it_is_is_not_seen(words: bytes) -> None:
    body = BODIES["the words last"]

    assert around_in(body, "Hello.").text(body % (b'"%b"' % words)) == ""
