"""What is told where no scenario answers."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from mockserver.assembly import parse_scenarios
from mockserver.claiming.claims import Miss, Unclaimed
from mockserver.conversation import Http, Message, Request, Text
from mockserver.engine import Engine

MATCHES = [
    "{user: rain}",
    "{user: snow}",
    "{user: rain, model: gpt-*}",
    "{user: rain, model: gpt-*, system: brief}",
    "{user: rain, model: claude-*, system: brief, stream: true}",
    "{user: rain, model: claude-*}",
    "by-name",
]
ASKED = Request(
    "openai.chat", "gpt-5", (Message("user", (Text("The sun?"),)),), Http("POST", "/"), system="Be brief."
)


@pytest.mark.parametrize("order", list(permutations(range(len(MATCHES)), 4))[::11])
def test_the_message_names_the_nearest_of_all(order: tuple[int, ...]) -> None:
    texts = (f"scenario: s{number}\nmatch: {MATCHES[number]}\nreply: x\n" for number in order)

    unclaimed = Engine(parse_scenarios("---\n".join(texts), "many.yaml")).claim(ASKED)

    assert isinstance(unclaimed, Unclaimed)
    nearest = sorted(unclaimed.misses(), key=Miss.distance)[:3]
    assert re.findall(r"(s\d) \(many", unclaimed.message) == [miss.scenario.name for miss in nearest]
