"""Google's SDK has no field for the Developer API that our contract of requests does not know."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any

import pytest
from google.genai import caches, models, types
from protocols.sdk_fields import unknown_fields
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from mockserver.protocols.gemini.contract import (
    BatchEmbedContentsRequest,
    CachedContent,
    CountTokensRequest,
    EmbedContentRequest,
    GenerateContentRequest,
    GenerationConfig,
    ImageConfig,
    SafetySetting,
    ThinkingConfig,
)
from mockserver.protocols.gemini.contract_parts import (
    CodeExecutionResult,
    Content,
    ExecutableCode,
    FunctionResponse,
    Part,
)
from mockserver.protocols.gemini.contract_tools import (
    FunctionCallingConfig,
    FunctionDeclaration,
    Schema,
    Tool,
    ToolConfig,
)

for _contract in (GenerateContentRequest, CountTokensRequest, BatchEmbedContentsRequest, CachedContent):
    _contract.model_rebuild(force=True)  # names are known once a model is built

AGENT_PLATFORM = {
    Content: ["parts[].functionCall.partialArgs", "parts[].functionCall.willContinue"],
    Tool: ["retrieval", "enterpriseWebSearch", "parallelAiSearch", "exaAiSearch"],
    ToolConfig: ["functionCallingConfig.streamFunctionCallArguments"],
    SafetySetting: ["method"],
    GenerationConfig: ["modelSelectionConfig", "audioTimestamp", "routingConfig"],
    Schema: [],
}
"""What the SDK itself refuses to send to the Developer API: it knows no such name."""

CLIENT_SIDE = {"httpOptions", "shouldReturnHttpResponse", "automaticFunctionCalling", "automaticContinuation"}
"""Settings of the SDK that it sends to nobody."""

NOT_OF_THIS_API = {
    "routingConfig",
    "modelSelectionConfig",
    "audioTimestamp",
    "modelArmorConfig",
    "generationOutputConfig",
}

ADDRESS = {"_url"}
"""Where the SDK puts what becomes part of the path."""


@pytest.mark.parametrize("contract", AGENT_PLATFORM, ids=lambda contract: contract.__name__)
def test_every_field_of_the_sdk_is_known(contract: type[BaseModel]) -> None:
    sdk: type[BaseModel] = getattr(types, contract.__name__)

    assert unknown_fields(sdk, contract, listed=AGENT_PLATFORM[contract]) == set()


def test_every_setting_of_the_sdk_is_known() -> None:
    ours = aliases(GenerateContentRequest) | aliases(GenerationConfig)

    assert aliases(types.GenerateContentConfig) - ours == CLIENT_SIDE | NOT_OF_THIS_API


@pytest.mark.parametrize("part", ["imageConfig", "thinkingConfig", "speechConfig"])
def test_every_setting_inside_a_setting_is_known(part: str) -> None:
    name = part[0].upper() + part[1:]
    listed = {
        "ImageConfig": [
            "personGeneration",
            "prominentPeople",
            "outputMimeType",
            "outputCompressionQuality",
            "imageOutputOptions",
        ]
    }
    ours = next(info for info in GenerationConfig.model_fields.values() if info.alias == part)

    assert unknown_fields(getattr(types, name), ours.annotation, listed=listed.get(name, ())) == set()


@pytest.mark.parametrize(
    ("module", "message", "contracts"),
    [
        (models, "GenerateContentConfig", (GenerateContentRequest, GenerationConfig)),
        (models, "GenerateContentParameters", (GenerateContentRequest,)),
        (models, "CountTokensParameters", (CountTokensRequest,)),
        (models, "EmbedContentParametersPrivate", (BatchEmbedContentsRequest, EmbedContentRequest)),
        (models, "EmbedContentConfig", (BatchEmbedContentsRequest, EmbedContentRequest)),
        (models, "Part", (Part,)),
        (models, "Tool", (Tool,)),
        (models, "ToolConfig", (ToolConfig,)),
        (models, "FunctionCallingConfig", (FunctionCallingConfig,)),
        (models, "SafetySetting", (SafetySetting,)),
        (models, "ImageConfig", (ImageConfig,)),
        (caches, "CreateCachedContentConfig", (CachedContent,)),
        (caches, "CreateCachedContentParameters", (CachedContent,)),
        (caches, "UpdateCachedContentConfig", (CachedContent,)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_sdk_writes_is_known(
    module: ModuleType, message: str, contracts: tuple[type[BaseModel], ...]
) -> None:
    written = written_by(getattr(module, f"_{message}_to_mldev"))

    assert written
    assert written - ADDRESS <= set().union(*map(aliases, contracts))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Type", Schema.model_fields["type"]),
        ("Behavior", FunctionDeclaration.model_fields["behavior"]),
        ("FunctionCallingConfigMode", FunctionCallingConfig.model_fields["mode"]),
        ("HarmCategory", SafetySetting.model_fields["category"]),
        ("HarmBlockThreshold", SafetySetting.model_fields["threshold"]),
        ("Modality", GenerationConfig.model_fields["response_modalities"]),
        ("ThinkingLevel", ThinkingConfig.model_fields["thinking_level"]),
        ("Language", ExecutableCode.model_fields["language"]),
        ("Outcome", CodeExecutionResult.model_fields["outcome"]),
        ("FunctionResponseScheduling", FunctionResponse.model_fields["scheduling"]),
    ],
)
def test_every_value_of_an_enum_of_the_sdk_is_taken(name: str, field: FieldInfo) -> None:
    kind: Any = field.annotation
    taken: TypeAdapter[Any] = TypeAdapter(kind)

    for member in getattr(types, name):
        assert taken.validate_python(member.value)


def aliases(contract: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in contract.model_fields.items()}


def written_by(converter: Any) -> set[str]:
    """The names of the members that a converter of the SDK sets."""
    places = re.findall(r"setv\(\s*\w+,\s*\[(.*?)\]\s*,", inspect.getsource(converter), re.DOTALL)
    return {name for place in places for name in re.findall(r"'(\w+)", place)}
