"""What the server's own pages take and give, for the served description of the API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from mockserver.conversation import ContractMode, Json, JsonObject, Severity
from mockserver.journal.entries import Outcome
from mockserver.journal.step_log import StepKind
from mockserver.journal.verification import UnmetKind
from mockserver.server.selecting import LIMIT, LONGEST_WAIT, MOST
from mockserver.setup import Unmatched


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Workers(Closed):
    """How many processes answer as this server, and how many of them do now."""

    wanted: int
    alive: int


class Health(Closed):
    """`workers` is there where the server has several. `state` is there where it is shared on a Redis; where
    that is lost, what needs it is refused until it is back.
    """

    status: Literal["ok", "degraded"]
    version: str
    scenarios: list[str]
    workers: Workers | None = None
    state: Literal["shared", "lost"] | None = None


class Document(BaseModel):
    """An OpenAPI document; what else is in it is told by OpenAPI."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: JsonObject
    paths: dict[str, JsonObject]


class SettingsBody(Closed):
    """How requests are judged, the faults that answers have, what their waits are divided by, what answers
    where no scenario matches; null is what holds for all other keys.
    """

    contract: ContractMode | None = None
    faults: list[str] | None = None
    speed: float | None = Field(None, ge=0)
    unmatched: Unmatched | None = None


class Asked(Closed):
    """The members that a request must have besides: one for a stream, and one for an answer in JSON."""

    stream: JsonObject
    json_: JsonObject = Field(alias="json")


class FaultOnWire(Closed):
    """Which answers of a wire can show a fault, and the model to ask for."""

    stream: bool
    json_: bool = Field(alias="json")
    model: str
    asks: Asked


class FaultListed(Closed):
    """`heals` tells that a correct client gets the whole reply all the same; `reports` are public threads."""

    name: str
    says: str
    client: str
    heals: bool
    pitfalls: list[int]
    reports: list[str]
    wires: dict[str, FaultOnWire]


class FaultList(Closed):
    faults: list[FaultListed]


class KeyQuery(BaseModel):
    key: str | None = Field(None, description="Whose requests are meant, if not those with the key sent.")


class RequestsQuery(KeyQuery):
    """`key` may be `*`, all keys."""

    scenario: str | None = None
    outcome: Outcome | None = None
    protocol: str | None = Field(None, description="A wire, or a family: `openai.chat`, `openai`.")
    since: int | None = Field(None, ge=0, description="What has changed behind this; `latest` told it.")
    limit: int = Field(LIMIT, ge=1, le=MOST)
    wait: float = Field(0, ge=0, le=LONGEST_WAIT, description="Seconds to wait until there is one.")


class EventsQuery(KeyQuery):
    """`key` may be `*`, all keys."""

    scenario: str | None = None
    outcome: Outcome | None = None
    protocol: str | None = Field(None, description="A wire, or a family: `openai.chat`, `openai`.")
    since: int | None = Field(None, ge=0, description="First tell what has changed behind this.")


class VerifyQuery(KeyQuery):
    """`key` may be `*`, all keys."""

    ignore: str | None = Field(None, description="Kinds to leave out, with commas between.")


class ScenariosQuery(KeyQuery):
    name: str | None = Field(None, description="The one to delete, instead of all.")


class UnmetBody(Closed):
    kind: UnmetKind
    text: str
    place: str | None


class ControlMessage(Closed):
    message: str


class ControlProblem(Closed):
    line: int
    column: int
    what: str
    mend: str


class ControlError(Closed):
    """The message tells it all. `problems` are those of a scenario that was posted; `unmet` is what did not
    go as scripted.
    """

    error: ControlMessage
    problems: list[ControlProblem] | None = None
    unmet: list[UnmetBody] | None = None


class VerifyBody(Closed):
    unmet: list[UnmetBody]


class FindingBody(Closed):
    severity: Severity
    code: str
    pointer: str
    message: str


class FailureBody(Closed):
    kind: str
    message: str | None


class MissBody(Closed):
    scenario: str
    place: str
    reasons: list[str]


class MessageBody(Closed):
    role: str
    parts: list[JsonObject]


class StepBody(Closed):
    """`due` and `done` are in seconds since the request came in, `size` in bytes."""

    kind: StepKind
    due: float
    done: float
    size: int


class OutlineBody(Closed):
    """An exchange in short. `number` counts the exchanges of all keys, `change` what changed in any; `key` is
    a fingerprint.
    """

    number: int
    change: int
    key: str
    method: str
    path: str
    protocol: str
    to_model: bool
    model: str
    user: str
    stream: bool
    scenario: str | None
    turn: int | None
    attempt: int | None
    unmet: list[UnmetBody]
    findings: list[FindingBody]
    failure: FailureBody | None
    faults: list[str]
    status: int
    outcome: Outcome
    sent: int


class ExchangeBody(OutlineBody):
    """An exchange. `body` is JSON, or text where it is none; keys are redacted. `misses` tells why other
    scenarios did not answer, the nearest first.
    """

    query: dict[str, str]
    headers: dict[str, str]
    body: Json
    system: str
    messages: list[MessageBody]
    tools: list[str]
    tool_results: dict[str, Json]
    misses: list[MissBody]
    steps: list[StepBody]
    more_steps: int


class RequestsBody(Closed):
    """`latest` is what to send as `since` to get what is not told yet."""

    requests: list[ExchangeBody]
    latest: int


class EventData(RootModel[OutlineBody | dict[str, int]]):
    """Of the events `began` and `over`, the exchange; of `dropped`, how many were not told."""


class Forgotten(Closed):
    forgotten: int


class ScenarioBody(Closed):
    name: str
    description: str
    place: str
    turns: int


class ScenariosBody(Closed):
    own: list[ScenarioBody]
    served: list[ScenarioBody]
    playing: str | None


class ScriptBody(BaseModel):
    """A scenario; the format has a JSON Schema of its own, which `mockserver schema` prints. YAML is taken,
    too, of any other content type.
    """


class PostedBody(Closed):
    scenarios: list[str]


class DeletedBody(Closed):
    deleted: list[str]


class PlayBody(Closed):
    """A scenario by its name, or null for those that match again."""

    scenario: str | None = Field(None, min_length=1)


class PlayingBody(Closed):
    playing: str | None


class StatusBody(Closed):
    status: str
