// Messages with the official `@anthropic-ai/sdk` package.

import assert from "node:assert/strict";
import test from "node:test";

import Anthropic from "@anthropic-ai/sdk";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";

import { CITY, TEXT, all, freshKey, refusalOf, watchRequests } from "./asking.mjs";

const Person = z.object({ name: z.string(), age: z.number().int() });

const client = (options) => new Anthropic({ apiKey: freshKey(), maxRetries: 0, ...options });
const user = (content) => ({ role: "user", content });
const asking = (model, more) => ({ model, max_tokens: 1024, messages: [user("Tell me.")], ...more });

/** A message without what differs from one answer to the next, and what the SDK adds. */
const withoutIds = ({ id, parsed_output, content, ...message }) => ({
  ...message,
  content: content.map(({ id, signature, ...block }) => ({ ...block, signed: Boolean(signature) })),
});

test("a question is answered", async () => {
  const asked = { model: "claude-sonnet-4-6", max_tokens: 100, messages: [user("Hello!")] };

  const message = await client().messages.create(asked);

  assert.deepEqual(
    [message.type, message.role, message.model],
    ["message", "assistant", "claude-sonnet-4-6"],
  );
  assert.match(message.id, /^msg_/);
  assert.match(message._request_id, /^req_/);
  assert.deepEqual(message.content, [{ type: "text", text: "Hello! How can I help you today?" }]);
  assert.deepEqual(
    [message.stop_reason, message.stop_sequence, message.stop_details],
    ["end_turn", null, null],
  );
  assert(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
});

test("a stream has every event of the answer, in order", async () => {
  const events = await all(await client().messages.create(asking("mock-node-text", { stream: true })));

  const deltas = events.filter((event) => event.type === "content_block_delta");
  assert.deepEqual(
    events.map((event) => event.type).filter((type) => type !== "content_block_delta"),
    ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"],
  );
  assert.equal(deltas.map((event) => event.delta.text).join(""), TEXT);
  assert(deltas.length > 10);
  assert.equal(events.at(-2).delta.stop_reason, "end_turn");
});

test("a stream arrives while it is sent", async () => {
  const stream = await client().messages.create(asking("mock-node-long", { stream: true }));
  const began = performance.now();
  const arrivals = [];

  for await (const _ of stream) arrivals.push(performance.now() - began);

  assert(arrivals.at(-1) - arrivals[0] > 300, `it took ${arrivals}`);
});

for (const scenario of ["text", "parallel", "thinking", "redacted"]) {
  test(`the stream helper ends with the message as JSON has it: ${scenario}`, async () => {
    const asked = asking(`mock-node-${scenario}`);

    const message = await client().messages.create(asked);
    const streamed = await client().messages.stream(asked).finalMessage();

    assert.deepEqual(withoutIds(streamed), withoutIds(message));
    assert(message.content.length > 0);
  });
}

test("the text arrives piece by piece", async () => {
  const snapshots = [];

  const text = await client()
    .messages.stream(asking("mock-node-text"))
    .on("text", (_, snapshot) => snapshots.push(snapshot))
    .finalText();

  assert.equal(text, TEXT);
  assert.equal(snapshots.at(-1), TEXT);
});

test("a zod format is parsed", async () => {
  const asked = asking("mock-node-person", { output_config: { format: zodOutputFormat(Person) } });

  const message = await client().messages.parse(asked);
  const streamed = await client().messages.stream(asked).finalMessage();

  assert.deepEqual(message.parsed_output, { name: "Ada", age: 36 });
  assert.deepEqual(streamed.parsed_output, { name: "Ada", age: 36 });
});

test("without a script the answer fits the format", async () => {
  const Event = z.object({
    title: z.string(),
    kind: z.enum(["talk", "workshop"]),
    guests: z.array(Person).min(1),
  });
  const formats = [zodOutputFormat(Event), jsonSchemaOutputFormat(CITY)];

  const [event, city] = await Promise.all(
    formats.map((format) =>
      client().messages.parse(asking("claude-sonnet-4-6", { output_config: { format } })),
    ),
  );

  Event.parse(event.parsed_output);
  assert.equal(typeof city.parsed_output.city, "string");
});

test("a refusal is a stop reason of its own", async () => {
  const message = await client().messages.create(asking("mock-node-refusal"));
  const streamed = await client().messages.stream(asking("mock-node-refusal")).finalMessage();

  for (const { stop_reason, stop_details } of [message, streamed]) {
    assert.equal(stop_reason, "refusal");
    assert.equal(stop_details.type, "refusal");
  }
});

test("an answer that was cut stops with max_tokens", async () => {
  const message = await client().messages.create(asking("mock-node-cut"));

  assert.deepEqual([message.stop_reason, message.content[0].text], ["max_tokens", '{"name": "Ad']);
});

test("reasoning comes before the answer, with a signature", async () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const asked = asking("claude-sonnet-4-6", {
    thinking,
    max_tokens: 4096,
    messages: [user("How many r are in strawberry?")],
  });
  const thoughts = [];

  const stream = client()
    .messages.stream(asked)
    .on("thinking", (delta) => thoughts.push(delta));
  const { content } = await stream.finalMessage();

  assert.deepEqual(
    content.map(({ type }) => type),
    ["thinking", "text"],
  );
  assert.equal(thoughts.join(""), content[0].thinking);
  assert(content[0].signature);
});

test("a talk of several turns goes on where it stands", async () => {
  const { role, content } = await client().messages.create(asking("mock-node-chat"));
  const messages = [user("Tell me."), { role, content }, user("And now?")];

  const second = await client().messages.create(asking("mock-node-chat", { messages }));

  assert.equal(content[0].text, "Nice to meet you.");
  assert.equal(second.content[0].text, "We met before.");
});

test("pictures and documents may be asked about", async () => {
  const content = [
    { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
    {
      type: "document",
      source: { type: "text", media_type: "text/plain", data: "Once." },
      citations: { enabled: true },
    },
    { type: "text", text: "Hello!", cache_control: { type: "ephemeral" } },
  ];

  const message = await client().messages.create(asking("mock-node-text", { messages: [user(content)] }));

  assert.equal(message.content[0].text, TEXT);
});

test("tokens are counted without an answer", async () => {
  const { model, messages } = asking("claude-sonnet-4-6");
  const asker = client();

  const counted = await asker.messages.countTokens({ model, messages });
  const message = await asker.messages.create(asking("claude-sonnet-4-6"));

  assert.deepEqual(Object.keys(counted), ["input_tokens"]);
  assert.equal(counted.input_tokens, message.usage.input_tokens);
});

const REFUSALS = [
  ["invalid_request", Anthropic.BadRequestError, 400, "invalid_request_error"],
  ["context_length", Anthropic.BadRequestError, 400, "invalid_request_error"],
  ["content_filter", Anthropic.BadRequestError, 400, "invalid_request_error"],
  ["authentication", Anthropic.AuthenticationError, 401, "authentication_error"],
  ["billing", Anthropic.PaymentRequiredError, 402, "billing_error"],
  ["permission", Anthropic.PermissionDeniedError, 403, "permission_error"],
  ["not_found", Anthropic.NotFoundError, 404, "not_found_error"],
  ["conflict", Anthropic.ConflictError, 409, "conflict_error"],
  ["too_large", Anthropic.ContentTooLargeError, 413, "request_too_large"],
  ["rate_limit", Anthropic.RateLimitError, 429, "rate_limit_error"],
  ["quota", Anthropic.RateLimitError, 429, "rate_limit_error"],
  ["server_error", Anthropic.InternalServerError, 500, "api_error"],
  ["timeout", Anthropic.GatewayTimeoutError, 504, "timeout_error"],
  ["overloaded", Anthropic.OverloadedError, 529, "overloaded_error"],
];

for (const [kind, ErrorClass, status, type] of REFUSALS) {
  test(`${kind} is refused with ${status}, streamed or not`, async () => {
    const asked = asking(`mock-node-${kind}`);

    const error = await refusalOf(client().messages.create(asked));
    const streamed = await refusalOf(client().messages.stream(asked).finalMessage());

    for (const refused of [error, streamed]) {
      assert(refused instanceof ErrorClass, refused);
      assert.deepEqual([refused.status, refused.type], [status, type]);
      assert.match(refused.requestID, /^req_/);
      assert.equal(refused.error.request_id, refused.requestID);
    }
  });
}

test("what is wrong with a request is told with its place", async () => {
  const messages = [user("Hi"), { role: "wizard", content: "Abracadabra" }];

  const error = await refusalOf(client().messages.create(asking("claude-sonnet-4-6", { messages })));

  assert(error instanceof Anthropic.BadRequestError, error);
  assert.match(error.apiMessage, /^messages\.1\.role: Input should be 'user'/);
});

test("models are listed page by page, and each can be retrieved", async () => {
  const asker = client();

  const whole = await all(asker.models.list());
  const paged = await all(asker.models.list({ limit: 3 }));

  assert(whole.length > 3);
  assert.deepEqual(paged, whole);
  assert.deepEqual(await asker.models.retrieve(whole[0].id), whole[0]);
});

test("a model that does not exist is not found", async () => {
  const error = await refusalOf(client().models.retrieve("no-such-model"));

  assert(error instanceof Anthropic.NotFoundError, error);
  assert.equal(error.apiMessage, "model: no-such-model");
});

test("both places for the key are taken, and both versions of the API", async () => {
  const messages = [user("Hello!")];
  const old = {
    apiKey: null,
    defaultHeaders: { "x-api-key": freshKey(), "anthropic-version": "2023-06-01" },
  };

  const answers = await Promise.all(
    [client(), client(old)].map((asker) => asker.messages.create(asking("claude-sonnet-4-6", { messages }))),
  );

  assert(answers.every(({ content }) => content[0].text.startsWith("Hello!")));
});

for (const [scenario, text] of [
  ["retry", "Second time lucky."],
  ["busy", "Here I am."],
]) {
  test(`the SDK waits as it is told and asks again: ${scenario}`, async (t) => {
    const requests = watchRequests(t);

    const message = await client({ maxRetries: 2 }).messages.create(asking(`mock-node-${scenario}`));

    const counts = requests().map(({ headers }) => headers.get("x-stainless-retry-count"));
    assert.equal(message.content[0].text, text);
    assert.deepEqual(counts, ["0", "1"]);
  });
}

test("a refused request is not asked again", async (t) => {
  const requests = watchRequests(t);

  await refusalOf(client({ maxRetries: 2 }).messages.create(asking("mock-node-permission")));

  assert.equal(requests().length, 1);
});

test("a stream may be left, and the next request is answered", async () => {
  const left = client();
  const stream = await left.messages.create(asking("mock-node-long", { stream: true }));
  for await (const event of stream) if (event.type === "content_block_delta") break;

  const message = await left.messages.create(asking("mock-node-text"));

  assert(stream.controller.signal.aborted);
  assert.equal(message.content[0].text, TEXT);
});

test("a stream may be aborted, and the next request is answered", async () => {
  const left = client();
  const stream = left.messages.stream(asking("mock-node-long"));
  stream.on("text", () => stream.abort());

  const error = await refusalOf(stream.finalMessage());
  const message = await left.messages.create(asking("mock-node-text"));

  assert(error instanceof Anthropic.APIUserAbortError, error);
  assert.equal(message.content[0].text, TEXT);
});

test("an answer that does not come is given up", async () => {
  const error = await refusalOf(client({ timeout: 100 }).messages.create(asking("mock-node-slow")));

  assert(error instanceof Anthropic.APIConnectionTimeoutError, error);
});

test("the headers of an answer can be read", async () => {
  const { response, request_id } = await client().messages.create(asking("mock-node-text")).withResponse();

  assert.equal(response.headers.get("request-id"), request_id);
  assert.match(response.headers.get("anthropic-ratelimit-requests-remaining"), /^\d+$/);
  assert(!Number.isNaN(Date.parse(response.headers.get("anthropic-ratelimit-tokens-reset"))));
});

test("a batch ends when it is polled, and its results are read line by line", async () => {
  const { batches } = client().messages;
  const params = { model: "claude-sonnet-4-6", max_tokens: 100, messages: [user("Hello!")] };

  const { id, processing_status } = await batches.create({
    requests: [
      { custom_id: "hello", params },
      { custom_id: "nothing", params: { ...params, messages: [] } },
    ],
  });
  const ended = await batches.retrieve(id);
  const results = await all(await batches.results(id));

  assert.deepEqual([processing_status, ended.processing_status], ["in_progress", "ended"]);
  assert.deepEqual(
    results.map(({ custom_id, result }) => [custom_id, result.type]),
    [
      ["hello", "succeeded"],
      ["nothing", "errored"],
    ],
  );
  assert.equal(results[0].result.message.content[0].text, "Hello! How can I help you today?");
  assert.equal(results[1].result.error.error.type, "invalid_request_error");
});

test("a cancelled batch has nothing answered, and can be deleted", async () => {
  const { batches } = client().messages;
  const params = { model: "claude-sonnet-4-6", max_tokens: 100, messages: [user("Hello!")] };
  const { id } = await batches.create({ requests: [{ custom_id: "hello", params }] });

  const cancelling = await batches.cancel(id);
  const results = await all(await batches.results(id));
  const deleted = await batches.delete(id);

  assert.equal(cancelling.processing_status, "canceling");
  assert.deepEqual(results, [{ custom_id: "hello", result: { type: "canceled" } }]);
  assert.equal(deleted.type, "message_batch_deleted");
  assert.deepEqual(await all(batches.list()), []);
});
