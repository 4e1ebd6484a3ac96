// Responses with the official `openai` package.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";
import { ResponsesToolRunner, runnerFunction } from "openai/helpers/responses-tool-runner";
import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

import { CITY, TEXT, all, freshKey, refusalOf, time, watchRequests, weather } from "./asking.mjs";

const Person = z.object({ name: z.string(), age: z.number().int() });
const PERSON = { text: { format: zodTextFormat(Person, "person") } };

const client = (options) => new OpenAI({ apiKey: freshKey(), maxRetries: 0, ...options });
const asking = (model, more) => ({ model, input: "Tell me.", ...more });

const declared = (name) => ({ type: "function", name, parameters: CITY, strict: false });
const TOOLS = [declared("get_weather"), declared("get_time")];
const runnable = (name, run) => ({
  tool: declared(name),
  execute: async (args) => JSON.stringify(await run(args)),
});

test("a question is answered", async () => {
  const response = await client().responses.create({ model: "gpt-5.5", input: "Hello!" });

  const { usage } = response;
  assert.equal(response.object, "response");
  assert.equal(response.status, "completed");
  assert.match(response.id, /^resp_/);
  assert.match(response._request_id, /^req_/);
  assert.equal(response.output_text, "Hello! How can I help you today?");
  assert.equal(response.error, null);
  assert.equal(usage.input_tokens + usage.output_tokens, usage.total_tokens);
});

test("a stream has every event of the answer, in order", async () => {
  const events = await all(await client().responses.create(asking("mock-node-text", { stream: true })));

  const types = events.map((event) => event.type);
  const deltas = events.filter((event) => event.type === "response.output_text.delta");
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    [...events.keys()],
  );
  assert.deepEqual(
    types.filter((type) => type !== "response.output_text.delta"),
    [
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ],
  );
  assert.equal(deltas.map((event) => event.delta).join(""), TEXT);
  assert.equal(events.at(-1).response.output[0].content[0].text, TEXT);
});

test("the stream helper puts the answer together", async () => {
  const snapshots = [];
  const stream = client().responses.stream(asking("mock-node-text"));
  stream.on("response.output_text.delta", ({ snapshot }) => snapshots.push(snapshot));

  const response = await stream.finalResponse();

  assert.equal(snapshots.at(-1), TEXT);
  assert.equal(response.output_text, TEXT);
  assert.equal(response.status, "completed");
});

test("a stream arrives while it is sent", async () => {
  const stream = await client().responses.create(asking("mock-node-long", { stream: true }));
  const began = performance.now();
  const arrivals = [];

  for await (const _ of stream) arrivals.push(performance.now() - began);

  assert(arrivals.at(-1) - arrivals[0] > 300, `it took ${arrivals}`);
});

for (const stream of [false, true]) {
  const how = stream ? "streamed" : "as JSON";

  test(`the tool runner calls the tool and returns the answer, ${how}`, async () => {
    const given = [];
    const runner = new ResponsesToolRunner({
      functions: [runnable("get_weather", (args) => given.push(args) && weather())],
    });

    const response = await runner.run(client(), asking("mock-node-weather"), { stream });

    assert.deepEqual(given, [{ city: "Zürich", days: 2 }]);
    assert.equal(response.output_text, "In Zürich it is 18 °C.");
  });

  test(`the tool runner answers parallel calls, ${how}`, async () => {
    const runner = new ResponsesToolRunner({
      functions: [runnable("get_weather", weather), runnable("get_time", time)],
    });

    const response = await runner.run(client(), asking("mock-node-parallel"), { stream });

    assert.equal(response.output_text, "18 °C at 12:30.");
  });

  test(`the tool runner takes zod tools, ${how}`, async () => {
    const now = { name: "now", parameters: z.object({}), function: () => "noon" };
    const runner = new ResponsesToolRunner({ functions: [runnerFunction(zodResponsesFunction(now))] });

    const response = await runner.run(client(), asking("mock-node-no-arguments"), { stream });

    assert.equal(response.output_text, "It is noon.");
  });
}

test("a result may be sent alone, after the stored call", async () => {
  const asker = client();
  const called = await asker.responses.create(asking("mock-node-weather", { tools: TOOLS }));
  const call = called.output.find((item) => item.type === "function_call");
  const result = { type: "function_call_output", call_id: call.call_id, output: JSON.stringify(weather()) };

  const answer = await asker.responses.create({
    model: "mock-node-weather",
    previous_response_id: called.id,
    input: [result],
  });

  assert.equal(answer.output_text, "In Zürich it is 18 °C.");
  assert.equal(answer.previous_response_id, called.id);
});

test("the whole conversation may be sent, with what was put out before", async () => {
  const asker = client();
  const input = [{ role: "user", content: "Tell me." }];
  const called = await asker.responses.create({
    model: "mock-node-thinking",
    input,
    tools: TOOLS,
    store: false,
  });
  input.push(...called.output);
  for (const { type, call_id } of called.output)
    if (type === "function_call")
      input.push({ type: "function_call_output", call_id, output: '{"temp_c": 18}' });

  const answer = await asker.responses.create({
    model: "mock-node-thinking",
    input,
    tools: TOOLS,
    store: false,
  });

  assert.equal(answer.output_text, "It is 18 °C.");
});

test("arguments are streamed in pieces, and told at the end", async () => {
  const stream = await client().responses.create(asking("mock-node-weather", { tools: TOOLS, stream: true }));

  const events = await all(stream);

  const deltas = events.filter((event) => event.type === "response.function_call_arguments.delta");
  const done = events.find((event) => event.type === "response.function_call_arguments.done");
  assert.deepEqual(JSON.parse(done.arguments), { city: "Zürich", days: 2 });
  assert.equal(deltas.map((event) => event.delta).join(""), done.arguments);
});

test("zod arguments are parsed", async () => {
  const parameters = z.object({ city: z.string(), days: z.number() });
  const tools = [zodResponsesFunction({ name: "get_weather", parameters })];

  const response = await client().responses.parse(asking("mock-node-weather", { tools }));

  const call = response.output.find((item) => item.type === "function_call");
  assert.deepEqual(call.parsed_arguments, { city: "Zürich", days: 2 });
});

test("a zod format is parsed", async () => {
  const response = await client().responses.parse(asking("mock-node-person", PERSON));
  const streamed = await client().responses.stream(asking("mock-node-person", PERSON)).finalResponse();

  assert.deepEqual(response.output_parsed, { name: "Ada", age: 36 });
  assert.deepEqual(streamed.output_parsed, { name: "Ada", age: 36 });
});

test("without a script the answer fits the zod format", async () => {
  const Event = z.object({
    title: z.string(),
    kind: z.enum(["talk", "workshop"]),
    guests: z.array(Person).min(1),
    place: z.object({ city: z.string() }).nullable(),
  });
  const asked = { model: "gpt-5.5", input: "Plan it.", text: { format: zodTextFormat(Event, "event") } };

  const response = await client().responses.parse(asked);

  Event.parse(response.output_parsed);
});

test("a refusal is a part of its own and is not parsed", async () => {
  const response = await client().responses.parse(asking("mock-node-refusal", PERSON));
  const streamed = await client().responses.stream(asking("mock-node-refusal", PERSON)).finalResponse();

  for (const { output, output_parsed, output_text } of [response, streamed]) {
    assert.deepEqual(
      output[0].content.map((part) => part.type),
      ["refusal"],
    );
    assert.equal(output[0].content[0].refusal, "I'm sorry, but I can't help with that.");
    assert.equal(output_parsed, null);
    assert.equal(output_text, "");
  }
});

for (const [scenario, reason] of [
  ["cut", "max_output_tokens"],
  ["blocked", "content_filter"],
]) {
  test(`an answer that was ${scenario} is incomplete`, async () => {
    const response = await client().responses.create(asking(`mock-node-${scenario}`));
    const events = await all(
      await client().responses.create(asking(`mock-node-${scenario}`, { stream: true })),
    );

    const last = events.at(-1);
    assert.equal(last.type, "response.incomplete");
    for (const { status, incomplete_details } of [response, last.response]) {
      assert.equal(status, "incomplete");
      assert.deepEqual(incomplete_details, { reason });
    }
  });
}

test("reasoning is summed up where that is asked for", async () => {
  const asked = { model: "o", input: "How many r are in strawberry?" };
  const summed = { ...asked, reasoning: { summary: "auto" } };

  const [quiet, told] = [await client().responses.create(asked), await client().responses.create(summed)];
  const events = await all(await client().responses.create({ ...summed, stream: true }));

  const [reasoning, message] = told.output;
  const deltas = events.filter((event) => event.type === "response.reasoning_summary_text.delta");
  assert.deepEqual(quiet.output[0].summary, []);
  assert.match(reasoning.summary[0].text, /^The user wants to know/);
  assert.equal(message.content[0].text, `There are three r's in "strawberry".`);
  assert.equal(
    deltas.map((event) => event.delta).join(""),
    reasoning.summary.map((part) => part.text).join(""),
  );
  assert(told.usage.output_tokens_details.reasoning_tokens > 0);
});

test("encrypted reasoning is there where it is asked for", async () => {
  const asked = { model: "o", input: "How many r are in strawberry?", store: false };

  const { output } = await client().responses.create({ ...asked, include: ["reasoning.encrypted_content"] });

  assert.match(output[0].encrypted_content, /^[\w+/=-]+$/);
});

test("a stored answer can be retrieved, with what was put in", async () => {
  const asker = client();
  const response = await asker.responses.create(asking("mock-node-text"));

  const retrieved = await asker.responses.retrieve(response.id);
  const items = await all(asker.responses.inputItems.list(response.id));

  assert.equal(retrieved.output_text, TEXT);
  assert.deepEqual(
    items.map((item) => [item.role, item.content[0].text]),
    [["user", "Tell me."]],
  );
});

test("a stored answer can be deleted", async () => {
  const asker = client();
  const { id } = await asker.responses.create(asking("mock-node-text"));

  await asker.responses.delete(id);

  assert.equal((await refusalOf(asker.responses.retrieve(id))).status, 404);
});

test("an answer that was not stored cannot be retrieved or continued", async () => {
  const asker = client();
  const { id } = await asker.responses.create(asking("mock-node-text", { store: false }));

  const missing = await refusalOf(asker.responses.retrieve(id));
  const broken = await refusalOf(asker.responses.create(asking("gpt-5.5", { previous_response_id: id })));

  assert(missing instanceof OpenAI.NotFoundError, missing);
  assert(broken instanceof OpenAI.BadRequestError, broken);
  assert.deepEqual([broken.code, broken.param], ["previous_response_not_found", "previous_response_id"]);
});

test("a chain of answers goes on where it stands", async () => {
  const asker = client();
  const first = await asker.responses.create(asking("mock-node-chat"));

  const second = await asker.responses.create(asking("mock-node-chat", { previous_response_id: first.id }));

  assert.deepEqual([first.output_text, second.output_text], ["Nice to meet you.", "We met before."]);
});

test("tokens are counted without an answer", async () => {
  const counted = await client().responses.inputTokens.count(asking("gpt-5.5"));

  assert.equal(counted.object, "response.input_tokens");
  assert(counted.input_tokens > 0);
});

test("pictures and files may be asked about", async () => {
  const content = [
    { type: "input_text", text: "Hello!" },
    { type: "input_image", detail: "auto", image_url: "data:image/png;base64,iVBORw0KGgo=" },
    { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" },
  ];

  const response = await client().responses.create({
    model: "mock-node-text",
    input: [{ role: "user", content }],
  });

  assert.equal(response.output_text, TEXT);
});

const REFUSALS = [
  ["invalid_request", OpenAI.BadRequestError, 400],
  ["context_length", OpenAI.BadRequestError, 400],
  ["content_filter", OpenAI.BadRequestError, 400],
  ["authentication", OpenAI.AuthenticationError, 401],
  ["permission", OpenAI.PermissionDeniedError, 403],
  ["not_found", OpenAI.NotFoundError, 404],
  ["conflict", OpenAI.ConflictError, 409],
  ["too_large", OpenAI.APIError, 413],
  ["rate_limit", OpenAI.RateLimitError, 429],
  ["quota", OpenAI.RateLimitError, 429],
  ["billing", OpenAI.RateLimitError, 429],
  ["server_error", OpenAI.InternalServerError, 500],
  ["overloaded", OpenAI.InternalServerError, 503],
  ["timeout", OpenAI.InternalServerError, 504],
];

for (const [kind, ErrorClass, status] of REFUSALS) {
  test(`${kind} is refused with ${status}, streamed or not`, async () => {
    const asked = asking(`mock-node-${kind}`);

    const error = await refusalOf(client().responses.create(asked));
    const streamed = await refusalOf(client().responses.create({ ...asked, stream: true }));

    for (const refused of [error, streamed]) {
      assert(refused instanceof ErrorClass, refused);
      assert.equal(refused.status, status);
      assert.match(refused.requestID, /^req_/);
    }
  });
}

test("after 429 the SDK waits as it is told and asks again", async (t) => {
  const requests = watchRequests(t);

  const response = await client({ maxRetries: 2 }).responses.create(asking("mock-node-retry"));

  assert.equal(response.output_text, "Second time lucky.");
  assert.equal(requests().length, 2);
});

test("a stream may be left, and the next request is answered", async () => {
  const left = client();
  const stream = await left.responses.create(asking("mock-node-long", { stream: true }));
  for await (const event of stream) if (event.type === "response.output_text.delta") break;

  const response = await left.responses.create(asking("mock-node-text"));

  assert(stream.controller.signal.aborted);
  assert.equal(response.output_text, TEXT);
});

test("a stream may be aborted, and the next request is answered", async () => {
  const left = client();
  const stream = left.responses.stream(asking("mock-node-long"));
  stream.on("response.output_text.delta", () => stream.abort());

  const error = await refusalOf(stream.finalResponse());
  const response = await left.responses.create(asking("mock-node-text"));

  assert(error instanceof OpenAI.APIUserAbortError, error);
  assert.equal(response.output_text, TEXT);
});

test("an answer that does not come is given up", async () => {
  const error = await refusalOf(client({ timeout: 100 }).responses.create(asking("mock-node-slow")));

  assert(error instanceof OpenAI.APIConnectionTimeoutError, error);
});
