"""What one key may set for itself while the server runs, and the models of the server's own pages."""

from __future__ import annotations

import orjson
from pydantic import BaseModel, ConfigDict

from mockserver.conversation import CONTRACT_MODES, ContractMode, Http, Json, JsonObject, json_text
from mockserver.engine import Engine


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Health(_Closed):
    status: str
    version: str
    scenarios: list[str]


class Document(BaseModel):
    """An OpenAPI document; what else is in it is told by OpenAPI."""

    model_config = ConfigDict(extra="allow")

    openapi: str
    info: JsonObject
    paths: dict[str, JsonObject]


class SettingsBody(_Closed):
    """`contract` null is how the server judges all other keys."""

    contract: ContractMode | None = None


class ControlMessage(_Closed):
    message: str


class ControlError(_Closed):
    error: ControlMessage


class SettingsError(ValueError):
    """What cannot be set; the text says what can."""


_NAMES = tuple(SettingsBody.model_fields)
_ALLOWED = f"{', '.join(map(json_text, CONTRACT_MODES))} or null"


def change(http: Http, engine: Engine) -> None:
    """Set for a key what the body names. SettingsError, and nothing is set, if any of it cannot be."""
    settings = _settings(http.body)
    if "contract" in settings:
        contract = settings["contract"]
        if contract is not None and contract not in CONTRACT_MODES:
            raise SettingsError(f"`contract` cannot be {json_text(contract)}: it is {_ALLOWED}.")
        engine.judge(http.key, contract)


def _settings(body: bytes) -> dict[str, Json]:
    try:
        settings = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise SettingsError(f'The settings are not JSON: {error}. Send {{"contract": "strict"}}.') from None
    if not isinstance(settings, dict):
        raise SettingsError('The settings are a JSON object, such as {"contract": "strict"}.')
    for name in settings:
        if name not in _NAMES:
            raise SettingsError(f"There is no setting {json_text(name)}. There is {', '.join(_NAMES)}.")
    return settings
