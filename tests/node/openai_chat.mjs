// Chat Completions with the official `openai` package.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";
import { ContentFilterFinishReasonError, LengthFinishReasonError } from "openai/core/error";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { CITY, TEXT, all, freshKey, refusalOf, time, watchRequests, weather } from "./asking.mjs";

const Person = z.object({ name: z.string(), age: z.number().int() });

const client = (options) => new OpenAI({ apiKey: freshKey(), maxRetries: 0, ...options });
const asking = (model, more) => ({ model, messages: [{ role: "user", content: "Tell me." }], ...more });
const joined = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

const runnable = (name, run) => ({
  type: "function",
  function: { name, description: `${name} of a city`, parameters: CITY, parse: JSON.parse, function: run },
});
const TOOLS = [runnable("get_weather", weather), runnable("get_time", time)];
const DECLARED = TOOLS.map(({ type, function: { name, parameters } }) => ({
  type,
  function: { name, parameters },
}));

test("a question is answered", async () => {
  const messages = [{ role: "user", content: "Hello!" }];

  const completion = await client().chat.completions.create({ model: "gpt-4o", messages });

  const { choices, usage } = completion;
  assert.equal(completion.object, "chat.completion");
  assert.match(completion.id, /^chatcmpl-/);
  assert.match(completion._request_id, /^req_/);
  assert.equal(choices.length, 1);
  assert.equal(choices[0].message.content, "Hello! How can I help you today?");
  assert.equal(choices[0].finish_reason, "stop");
  assert(!("tool_calls" in choices[0].message));
  assert.equal(usage.prompt_tokens + usage.completion_tokens, usage.total_tokens);
});

test("several choices are numbered", async () => {
  const { choices } = await client().chat.completions.create(asking("mock-node-text", { n: 3 }));

  assert.deepEqual(
    choices.map((choice) => [choice.index, choice.message.content]),
    [
      [0, TEXT],
      [1, TEXT],
      [2, TEXT],
    ],
  );
});

test("a stream is the answer in pieces", async () => {
  const chunks = await all(
    await client().chat.completions.create(asking("mock-node-text", { stream: true })),
  );

  assert.equal(joined(chunks), TEXT);
  assert(chunks.length > 10);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0].delta.role).filter(Boolean), ["assistant"]);
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
  assert(chunks.every((chunk) => !("usage" in chunk)));
});

test("a stream tells its usage last where that is asked for", async () => {
  const asked = asking("mock-node-text", { stream: true, stream_options: { include_usage: true } });

  const chunks = await all(await client().chat.completions.create(asked));

  const last = chunks.pop();
  assert.deepEqual(last.choices, []);
  assert(last.usage.completion_tokens > 0);
  assert(chunks.every((chunk) => chunk.usage === null));
});

test("a stream arrives while it is sent", async () => {
  const stream = await client().chat.completions.create(asking("mock-node-long", { stream: true }));
  const began = performance.now();
  const arrivals = [];

  for await (const _ of stream) arrivals.push(performance.now() - began);

  assert(arrivals.at(-1) - arrivals[0] > 300, `it took ${arrivals}`);
});

test("the stream helper puts the answer together", async () => {
  const deltas = [];
  const stream = client().chat.completions.stream(asking("mock-node-text"));
  stream.on("content", (delta) => deltas.push(delta));

  const completion = await stream.finalChatCompletion();

  assert.equal(deltas.join(""), TEXT);
  assert.equal(completion.choices[0].message.content, TEXT);
  assert.equal(completion.choices[0].finish_reason, "stop");
});

test("the tool runner calls the tool and returns the answer", async () => {
  const runner = client().chat.completions.runTools(asking("mock-node-weather", { tools: TOOLS }));
  const calls = [];
  runner.on("functionToolCall", ({ name, arguments: given }) => calls.push([name, JSON.parse(given)]));

  const answer = await runner.finalContent();

  assert.deepEqual(calls, [["get_weather", { city: "Zürich", days: 2 }]]);
  assert.equal(answer, "In Zürich it is 18 °C.");
});

test("the tool runner streams", async () => {
  const runner = client().chat.completions.runTools(
    asking("mock-node-weather", { tools: TOOLS, stream: true }),
  );

  const chunks = await all(runner);

  assert.match(joined(chunks), /^Let me look that up\..*In Zürich it is 18 °C\.$/);
  assert.deepEqual(
    runner.messages.map((message) => message.role),
    ["user", "assistant", "tool", "assistant"],
  );
});

for (const stream of [false, true]) {
  test(`the tool runner answers parallel calls, ${stream ? "streamed" : "as JSON"}`, async () => {
    const asked = asking("mock-node-parallel", { tools: TOOLS, stream });

    const answer = await client().chat.completions.runTools(asked).finalContent();

    assert.equal(answer, "18 °C at 12:30.");
  });

  test(`a tool without arguments is called with an empty object, ${stream ? "streamed" : "as JSON"}`, async () => {
    const given = [];
    const now = runnable("now", (args) => given.push(args) && "noon");

    const asked = asking("mock-node-no-arguments", { tools: [now], stream });
    const answer = await client().chat.completions.runTools(asked).finalContent();

    assert.deepEqual(given, [{}]);
    assert.equal(answer, "It is noon.");
  });
}

test("a streamed call has the name, the id and the arguments of the call in JSON", async () => {
  const asked = asking("mock-node-parallel", { tools: DECLARED });
  const [{ message }] = (await client().chat.completions.create(asked)).choices;

  const streamed = await client().chat.completions.stream(asked).finalMessage();

  const told = (calls) =>
    calls.map((call) => [call.type, call.function.name, JSON.parse(call.function.arguments)]);
  assert.deepEqual(told(streamed.tool_calls), told(message.tool_calls));
  assert.deepEqual(told(message.tool_calls), [
    ["function", "get_weather", { city: "Paris" }],
    ["function", "get_time", { city: "Paris" }],
  ]);
  for (const call of [...message.tool_calls, ...streamed.tool_calls]) assert.match(call.id, /^call_\w{24}$/);
});

test("what is wrong with a request is told with its place", async () => {
  const messages = [
    { role: "user", content: "Hi" },
    { role: "wizard", content: "Abracadabra" },
  ];

  const error = await refusalOf(client().chat.completions.create({ model: "gpt-4o", messages }));

  assert(error instanceof OpenAI.BadRequestError, error);
  assert.deepEqual([error.param, error.code], ["messages[1].role", "invalid_value"]);
  assert.match(error.message, /^400 Invalid value: 'wizard'\. Supported values are: 'system', /);
});

test("zod arguments are parsed", async () => {
  const City = z.object({ city: z.string(), days: z.number() });
  const tools = [zodFunction({ name: "get_weather", parameters: City })];

  const completion = await client().chat.completions.parse(asking("mock-node-weather", { tools }));

  const [call] = completion.choices[0].message.tool_calls;
  assert.deepEqual(call.function.parsed_arguments, { city: "Zürich", days: 2 });
});

test("a zod format is parsed", async () => {
  const asked = asking("mock-node-person", { response_format: zodResponseFormat(Person, "person") });

  const completion = await client().chat.completions.parse(asked);
  const streamed = await client().chat.completions.stream(asked).finalChatCompletion();

  assert.deepEqual(completion.choices[0].message.parsed, { name: "Ada", age: 36 });
  assert.deepEqual(streamed.choices[0].message.parsed, { name: "Ada", age: 36 });
});

test("without a script the answer fits the zod format", async () => {
  const Event = z.object({
    title: z.string(),
    kind: z.enum(["talk", "workshop"]),
    guests: z.array(Person).min(1),
    place: z.object({ city: z.string() }).nullable(),
  });
  const asked = asking("gpt-4o", { response_format: zodResponseFormat(Event, "event") });

  const completion = await client().chat.completions.parse(asked);

  Event.parse(completion.choices[0].message.parsed);
});

test("a refusal is no content and is not parsed", async () => {
  const asked = asking("mock-node-refusal", { response_format: zodResponseFormat(Person, "person") });

  const [{ message, finish_reason }] = (await client().chat.completions.parse(asked)).choices;
  const streamed = await client().chat.completions.stream(asked).finalMessage();

  for (const { content, refusal, parsed } of [message, streamed]) {
    assert.equal(content, null);
    assert.equal(refusal, "I'm sorry, but I can't help with that.");
    assert.equal(parsed, null);
  }
  assert.equal(finish_reason, "stop");
});

test("cut JSON is not parsed", async () => {
  const asked = asking("mock-node-cut", { response_format: zodResponseFormat(Person, "person") });

  const error = await refusalOf(client().chat.completions.parse(asked));

  assert(error instanceof LengthFinishReasonError, error);
});

test("a withheld answer is told apart", async () => {
  const asked = asking("mock-node-blocked", { response_format: zodResponseFormat(Person, "person") });

  const error = await refusalOf(client().chat.completions.parse(asked));

  assert(error instanceof ContentFilterFinishReasonError, error);
});

test("reasoning stands beside the answer", async () => {
  const messages = [{ role: "user", content: "How many r are in strawberry?" }];

  const completion = await client().chat.completions.create({ model: "o", messages });
  const chunks = await all(await client().chat.completions.create({ model: "o", messages, stream: true }));

  const { message } = completion.choices[0];
  assert.match(message.reasoning_content, /^The user wants to know/);
  assert.equal(message.content, `There are three r's in "strawberry".`);
  assert.equal(
    chunks.map(({ choices: [{ delta }] }) => delta.reasoning_content ?? "").join(""),
    message.reasoning_content,
  );
  assert.equal(joined(chunks), message.content);
  assert(completion.usage.completion_tokens_details.reasoning_tokens > 0);
});

test("reasoning may be sent back between calls", async () => {
  const runner = client().chat.completions.runTools(asking("mock-node-thinking", { tools: TOOLS }));

  assert.equal(await runner.finalContent(), "It is 18 °C.");
});

test("a talk of several turns goes on where it stands", async () => {
  const first = (await client().chat.completions.create(asking("mock-node-chat"))).choices[0].message;
  const messages = [{ role: "user", content: "Tell me." }, first, { role: "user", content: "And now?" }];

  const second = await client().chat.completions.create({ model: "mock-node-chat", messages });

  assert.equal(first.content, "Nice to meet you.");
  assert.equal(second.choices[0].message.content, "We met before.");
});

test("pictures, files and sounds may be asked about", async () => {
  const content = [
    { type: "text", text: "Hello!" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
    { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
  ];

  const asked = { model: "mock-node-text", messages: [{ role: "user", content }] };
  const completion = await client().chat.completions.create(asked);

  assert.equal(completion.choices[0].message.content, TEXT);
});

const REFUSALS = [
  ["invalid_request", OpenAI.BadRequestError, 400, "invalid_request_error", null],
  ["context_length", OpenAI.BadRequestError, 400, "invalid_request_error", "context_length_exceeded"],
  ["content_filter", OpenAI.BadRequestError, 400, "invalid_request_error", "invalid_prompt"],
  ["authentication", OpenAI.AuthenticationError, 401, "invalid_request_error", "invalid_api_key"],
  ["permission", OpenAI.PermissionDeniedError, 403, "invalid_request_error", "model_not_found"],
  ["not_found", OpenAI.NotFoundError, 404, "invalid_request_error", "model_not_found"],
  ["conflict", OpenAI.ConflictError, 409, "invalid_request_error", "conversation_locked"],
  ["too_large", OpenAI.APIError, 413, "invalid_request_error", null],
  ["rate_limit", OpenAI.RateLimitError, 429, "tokens", "rate_limit_exceeded"],
  ["quota", OpenAI.RateLimitError, 429, "insufficient_quota", "insufficient_quota"],
  ["billing", OpenAI.RateLimitError, 429, "billing_not_active", "billing_not_active"],
  ["server_error", OpenAI.InternalServerError, 500, "server_error", null],
  ["overloaded", OpenAI.InternalServerError, 503, "service_unavailable_error", "server_is_overloaded"],
  ["timeout", OpenAI.InternalServerError, 504, "server_error", "timeout"],
];

for (const [kind, ErrorClass, status, type, code] of REFUSALS) {
  test(`${kind} is refused with ${status}, streamed or not`, async () => {
    const asked = asking(`mock-node-${kind}`);

    const error = await refusalOf(client().chat.completions.create(asked));
    const streamed = await refusalOf(client().chat.completions.create({ ...asked, stream: true }));

    for (const refused of [error, streamed]) {
      assert(refused instanceof ErrorClass, refused);
      assert.deepEqual([refused.status, refused.type, refused.code], [status, type, code]);
      assert.match(refused.requestID, /^req_/);
    }
  });
}

test("a model that does not exist is not found", async () => {
  const error = await refusalOf(client().models.retrieve("no-such-model"));

  assert(error instanceof OpenAI.NotFoundError);
  assert.deepEqual([error.code, error.param], ["model_not_found", "model"]);
});

test("models are listed, and each can be retrieved", async () => {
  const models = await all(client().models.list());

  assert(models.length > 3);
  for (const model of models.slice(0, 3)) assert.deepEqual(await client().models.retrieve(model.id), model);
});

test("after 429 the SDK waits as it is told and asks again", async (t) => {
  const requests = watchRequests(t);
  const patient = client({ maxRetries: 2 });

  const completion = await patient.chat.completions.create(asking("mock-node-retry"));

  assert.equal(completion.choices[0].message.content, "Second time lucky.");
  const counts = requests().map(({ headers }) => headers.get("x-stainless-retry-count"));
  assert.deepEqual(counts, ["0", "1"]);
});

test("a stream is asked for again after an overload", async () => {
  const patient = client({ maxRetries: 1 });

  const chunks = await all(await patient.chat.completions.create(asking("mock-node-busy", { stream: true })));

  assert.equal(joined(chunks), "Here I am.");
});

test("a refused request is not asked again", async (t) => {
  const requests = watchRequests(t);

  await refusalOf(client({ maxRetries: 2 }).chat.completions.create(asking("mock-node-permission")));

  assert.equal(requests().length, 1);
});

test("a stream may be left, and the next request is answered", async () => {
  const left = client();
  const stream = await left.chat.completions.create(asking("mock-node-long", { stream: true }));
  for await (const chunk of stream) if (chunk.choices[0].delta.content?.includes("three")) break;

  const { choices } = await left.chat.completions.create(asking("mock-node-text"));

  assert(stream.controller.signal.aborted);
  assert.equal(choices[0].message.content, TEXT);
});

test("a stream may be aborted, and the next request is answered", async () => {
  const left = client();
  const stream = left.chat.completions.stream(asking("mock-node-long"));
  stream.on("content", () => stream.abort());

  const error = await refusalOf(stream.done());
  const { choices } = await left.chat.completions.create(asking("mock-node-text"));

  assert(error instanceof OpenAI.APIUserAbortError, error);
  assert.equal(choices[0].message.content, TEXT);
});

test("an answer that does not come is given up", async () => {
  const error = await refusalOf(client({ timeout: 100 }).chat.completions.create(asking("mock-node-slow")));

  assert(error instanceof OpenAI.APIConnectionTimeoutError, error);
});

test("the headers of an answer can be read", async () => {
  const { response } = await client().chat.completions.create(asking("mock-node-text")).withResponse();

  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(response.headers.get("openai-version"), "2020-10-01");
  assert.match(response.headers.get("x-ratelimit-remaining-requests"), /^\d+$/);
});

test("a stored completion is listed, shown and deleted", async () => {
  const { completions } = client().chat;
  const metadata = { topic: "greetings" };
  const created = await completions.create(asking("mock-node-text", { store: true, metadata }));
  await completions.create(asking("mock-node-text", { store: true }));

  const listed = await all(completions.list({ metadata }));
  const shown = await completions.retrieve(created.id);
  const deleted = await completions.delete(created.id);

  assert.deepEqual(
    listed.map(({ id }) => id),
    [created.id],
  );
  assert.deepEqual(shown, { ...created });
  assert.equal(deleted.deleted, true);
  assert.equal((await refusalOf(completions.retrieve(created.id))).status, 404);
});
