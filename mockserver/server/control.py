"""The pages by which a test in any language sets up its key and asks what came of it: the functions of
`MockServer`, over HTTP.
"""

from __future__ import annotations

import asyncio

import orjson

from mockserver.assembly import BrokenScenariosError, parse_written, scenario_text
from mockserver.conversation import Http, Json, JsonObject, json_text
from mockserver.journal import verification
from mockserver.journal.exchange_json import exchange_json, unmet_json
from mockserver.journal.recorded import RecordedExchange
from mockserver.journal.verification import UNMET_KINDS, UnmetKind
from mockserver.played import Unplayed
from mockserver.protocols.base import Answer
from mockserver.scenario.model import Scenario
from mockserver.scenario.problems import Problem, did_you_mean
from mockserver.server.own_page import (
    ANY_KEY,
    PageError,
    error_page,
    json_page,
    key_of,
    one_key,
    read_object,
    read_query,
)
from mockserver.server.selecting import Found, select
from mockserver.service import Service
from mockserver.setup import Written

LARGEST_SCRIPT = 1024 * 1024
"""Bytes of what is posted at once."""
MOST_SCENARIOS = 1_000
"""How many scenarios a key can be given over HTTP."""

_SCRIPT = "posted"
"""Stands for the file in what is told of a scenario that was posted. It has no folder, so no picture file can
be named in it.
"""

# --------------------------------------------------------------------------------------------- requests


def requests(http: Http, service: Service) -> Answer:
    return told(select(http, service).found_in(service.journal))


def told(found: Found) -> Answer:
    listed = [exchange_json(RecordedExchange(entry)) for entry in sorted(found, key=lambda each: each.number)]
    return json_page({"requests": listed, "latest": found.latest})


def forget_requests(http: Http, service: Service) -> Answer:
    key = one_key(http, service)
    forgotten = len(service.journal.entries(key))
    service.journal.clear(key)
    return json_page({"forgotten": forgotten})


def verify(http: Http, service: Service) -> Answer:
    key = key_of(http, service)
    ignored = _ignored(read_query(http, ("ignore",)).get("ignore", ""))
    entries = service.journal.entries(None if key == ANY_KEY else key)
    found = verification.unmet(entries, _unplayed(key, service), ignored)
    listed = unmet_json(found)
    return error_page(409, verification.told(found), unmet=listed) if found else json_page({"unmet": []})


def _unplayed(key: str, service: Service) -> list[Unplayed]:
    keys = service.engine.keys if key == ANY_KEY else (key,)
    return [unplayed for each in keys for unplayed in service.engine.unplayed(each)]


def _ignored(text: str) -> list[UnmetKind]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in UNMET_KINDS:
            raise PageError(400, f"Nothing is unmet of kind {name!r}: {did_you_mean(name, UNMET_KINDS)}")
    return [kind for kind in UNMET_KINDS if kind in names]


def reset(http: Http, service: Service) -> Answer:
    service.reset(one_key(http, service))
    return json_page({"status": "ok"})


# -------------------------------------------------------------------------------------------- scenarios


def scenarios(http: Http, service: Service) -> Answer:
    setup = service.engine.setup(one_key(http, service))
    return json_page(
        {
            "own": [_scenario(scenario) for scenario in setup.scenarios],
            "served": [_scenario(scenario) for scenario in service.engine.scenarios],
            "playing": setup.pinned or None,
        }
    )


def _scenario(scenario: Scenario) -> JsonObject:
    return {
        "name": scenario.name,
        "description": scenario.description,
        "place": str(scenario.place),
        "turns": len(scenario.turns),
    }


def post_scenarios(http: Http, service: Service) -> Answer:
    return _added(*_parsed(http, service), http, service)


async def post_scenarios_later(http: Http, service: Service, _: asyncio.Event) -> Answer:
    """What is posted is read in a thread: streams must not wait for it."""
    parsed = await asyncio.to_thread(_parsed, http, service)
    return await service.run(lambda: _added(*parsed, http, service))


def _parsed(http: Http, service: Service) -> tuple[tuple[Scenario, ...], Written]:
    one_key(http, service)
    if len(http.body) > LARGEST_SCRIPT:
        raise PageError(413, f"Scenarios are posted in at most {LARGEST_SCRIPT:,} bytes at once.")
    written = Written(_script(http), _SCRIPT)
    try:
        return parse_written(written, service.vendors), written
    except BrokenScenariosError as error:
        problems = [_problem(problem) for problem in error.problems]
        raise PageError(422, str(error), problems=problems) from None


def _script(http: Http) -> str:
    """The YAML that was posted, or that says the same as the JSON that was."""
    text = http.body.removeprefix(b"\xef\xbb\xbf")
    try:
        if "json" in http.headers.get("content-type", ""):
            return scenario_text(orjson.loads(text))
        return text.decode()
    except orjson.JSONDecodeError as error:
        raise PageError(400, f"The body is not JSON: {error}.") from None
    except RecursionError:
        raise PageError(400, "The body is nested too deeply.") from None
    except UnicodeDecodeError as error:
        raise PageError(400, f"The body is not UTF-8: {error.reason} at byte {error.start}.") from None


def _problem(problem: Problem) -> JsonObject:
    place = problem.place
    return {"line": place.line, "column": place.column, "what": problem.what, "mend": problem.mend}


def _added(parsed: tuple[Scenario, ...], written: Written, http: Http, service: Service) -> Answer:
    key = one_key(http, service)
    if len(service.engine.setup(key).scenarios) + len(parsed) > MOST_SCENARIOS:
        most = f"at most {MOST_SCENARIOS:,} scenarios of its own"
        raise PageError(409, f"A key can have {most}; delete some, or reset it.")
    service.engine.add(key, parsed, written)
    return json_page({"scenarios": [scenario.name for scenario in parsed]}, 201)


def delete_scenarios(http: Http, service: Service) -> Answer:
    key, engine = one_key(http, service), service.engine
    own = list(dict.fromkeys(scenario.name for scenario in engine.setup(key).scenarios))
    name = read_query(http, ("name",)).get("name")
    if name is not None and name not in own:
        raise PageError(404, f"The key has no scenario {name!r} of its own: {did_you_mean(name, own)}")
    deleted = own if name is None else [name]
    for each in deleted:
        engine.remove(key, each)
    return json_page({"deleted": deleted})


def play(http: Http, service: Service) -> Answer:
    key = one_key(http, service)
    name = _played(read_object(http, '{"scenario": "hello"}'))
    known = service.engine.known(key)
    if name and name not in known:
        raise PageError(404, f"There is no scenario {name!r}: {did_you_mean(name, known)}")
    service.engine.pin(key, name)
    return json_page({"playing": name or None})


def _played(body: JsonObject) -> str:
    """The scenario to play; "" to play by match again."""
    for member in body:
        if member != "scenario":
            raise PageError(400, f"There is no member {json_text(member)}. There is scenario.")
    name: Json = body.get("scenario", "")
    if name == "" or not isinstance(name, str | None):
        raise PageError(400, "`scenario` is the name of a scenario, or null for those that match again.")
    return name or ""
