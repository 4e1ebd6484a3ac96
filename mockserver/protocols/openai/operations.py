"""What each route of the API takes and gives, for who describes the API. Nothing here is needed to serve it.

Mirrors the OpenAI API reference (2026-11), and the gateway's page of the legacy path of embeddings.
"""

from __future__ import annotations

from mockserver.protocols.base import Description, Operation
from mockserver.protocols.openai.chat import contract_answer as chat
from mockserver.protocols.openai.chat.contract import ChatRequest
from mockserver.protocols.openai.chat.contract_events import StreamFrame
from mockserver.protocols.openai.chat.contract_stored import ListCompletions, ListMessages, UpdateCompletion
from mockserver.protocols.openai.completions.contract import CompletionRequest
from mockserver.protocols.openai.completions.contract_answer import Completion, CompletionChunk
from mockserver.protocols.openai.contract_error import ErrorEnvelope
from mockserver.protocols.openai.contract_models import Model, ModelDeleted, ModelList
from mockserver.protocols.openai.conversations import contract as conversations
from mockserver.protocols.openai.conversations import contract_answer as conversed
from mockserver.protocols.openai.embeddings.contract import EmbeddingsRequest, EngineRequest
from mockserver.protocols.openai.embeddings.contract_answer import EmbeddingList
from mockserver.protocols.openai.moderations.contract import ModerationRequest
from mockserver.protocols.openai.moderations.contract_answer import Moderations
from mockserver.protocols.openai.responses import contract as responses
from mockserver.protocols.openai.responses import contract_answer as answers
from mockserver.protocols.openai.responses.contract_events import StreamEvent

_CHAT = {
    ("POST", ""): Operation(
        "Create chat completion", body=ChatRequest, answer=chat.ChatCompletion, event=StreamFrame
    ),
    ("GET", ""): Operation("List stored chat completions", query=ListCompletions, answer=chat.CompletionList),
    ("GET", "/{completion_id}"): Operation("Get a stored chat completion", answer=chat.ChatCompletion),
    ("POST", "/{completion_id}"): Operation(
        "Update a stored chat completion", body=UpdateCompletion, answer=chat.ChatCompletion
    ),
    ("DELETE", "/{completion_id}"): Operation(
        "Delete a stored chat completion", answer=chat.CompletionDeleted
    ),
    ("GET", "/{completion_id}/messages"): Operation(
        "List the messages of a stored chat completion", query=ListMessages, answer=chat.StoredMessageList
    ),
}

_RESPONSES = {
    ("POST", ""): Operation(
        "Create a model response", body=responses.CreateResponse, answer=answers.Response, event=StreamEvent
    ),
    ("POST", "/input_tokens"): Operation(
        "Count the tokens of an input", body=responses.CountInputTokens, answer=answers.CountedTokens
    ),
    ("POST", "/compact"): Operation(
        "Compact a conversation", body=responses.CompactResponse, answer=answers.CompactedResponse
    ),
    ("GET", "/{response_id}"): Operation(
        "Get a model response", query=responses.RetrieveResponse, answer=answers.Response, event=StreamEvent
    ),
    ("DELETE", "/{response_id}"): Operation("Delete a model response", answer=answers.DeletedResponse),
    ("POST", "/{response_id}/cancel"): Operation(
        "Cancel a response in the background", answer=answers.Response
    ),
    ("GET", "/{response_id}/input_items"): Operation(
        "List the input items of a response", query=responses.ListItems, answer=answers.ItemList
    ),
}

_CONVERSATIONS = {
    ("POST", ""): Operation(
        "Create a conversation", body=conversations.CreateConversation, answer=conversed.Conversation
    ),
    ("GET", "/{conversation_id}"): Operation("Get a conversation", answer=conversed.Conversation),
    ("POST", "/{conversation_id}"): Operation(
        "Update a conversation", body=conversations.UpdateConversation, answer=conversed.Conversation
    ),
    ("DELETE", "/{conversation_id}"): Operation(
        "Delete a conversation", answer=conversed.DeletedConversation
    ),
    ("POST", "/{conversation_id}/items"): Operation(
        "Add items to a conversation", body=conversations.CreateItems, answer=answers.ItemList
    ),
    ("GET", "/{conversation_id}/items"): Operation(
        "List the items of a conversation", query=responses.ListItems, answer=answers.ItemList
    ),
    ("GET", "/{conversation_id}/items/{item_id}"): Operation(
        "Get an item of a conversation", answer=conversed.ConversationItem
    ),
    ("DELETE", "/{conversation_id}/items/{item_id}"): Operation(
        "Delete an item of a conversation", answer=conversed.Conversation
    ),
}

_OTHERS = {
    ("POST", "completions"): Operation(
        "Create a completion (legacy)", body=CompletionRequest, answer=Completion, event=CompletionChunk
    ),
    ("POST", "embeddings"): Operation("Create embeddings", body=EmbeddingsRequest, answer=EmbeddingList),
    ("POST", "engines/{model}/embeddings"): Operation(
        "Create embeddings with an engine", body=EngineRequest, answer=EmbeddingList
    ),
    ("POST", "moderations"): Operation("Create a moderation", body=ModerationRequest, answer=Moderations),
    ("GET", "models"): Operation("List models", answer=ModelList, errors=(401, 429, 500, 503)),
    ("GET", "models/{model}"): Operation("Retrieve a model", answer=Model, errors=(401, 404, 429, 500, 503)),
    ("DELETE", "models/{model}"): Operation(
        "Delete a fine-tuned model", answer=ModelDeleted, errors=(401, 404, 429, 500, 503)
    ),
}

DESCRIPTION = Description(
    {
        (method, base + path): operation
        for base, operations in (
            ("/v1/chat/completions", _CHAT),
            ("/v1/responses", _RESPONSES),
            ("/v1/conversations", _CONVERSATIONS),
            ("/v1/", _OTHERS),
        )
        for (method, path), operation in operations.items()
    },
    ErrorEnvelope,
)
