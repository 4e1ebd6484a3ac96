// Tools with the official `@anthropic-ai/sdk` package: its runner, and by hand.

import assert from "node:assert/strict";
import test from "node:test";

import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { z } from "zod";

import { CITY, freshKey, time, watchRequests, weather } from "./asking.mjs";

const client = () => new Anthropic({ apiKey: freshKey(), maxRetries: 0 });
const asking = (model, more) => ({
  model,
  max_tokens: 1024,
  messages: [{ role: "user", content: "Tell me." }],
  ...more,
});
const bodies = (requests) => requests.map(({ body }) => JSON.parse(body));

const runnable = (name, run) =>
  betaTool({
    name,
    description: `${name} of a city`,
    inputSchema: CITY,
    run: async (args) => JSON.stringify(run(args)),
  });
const TOOLS = [runnable("get_weather", weather), runnable("get_time", time)];
const DECLARED = ["get_weather", "get_time"].map((name) => ({ name, input_schema: CITY }));

test("the tool runner keeps a thread on the server and sends only what is new", async (t) => {
  const requests = watchRequests(t);

  const asked = asking("mock-node-weather", { tools: TOOLS, system: "You know the weather." });
  const message = await client().beta.messages.toolRunner(asked);

  const [first, second] = bodies(requests());
  assert.equal(message.content[0].text, "In Zürich it is 18 °C.");
  assert.deepEqual(first.thread, { type: "create" });
  assert.equal(second.thread.type, "continue");
  assert.deepEqual(
    second.messages.map(({ role, content }) => [role, content[0].type]),
    [["user", "tool_result"]],
  );
  assert(!("tools" in second) && !("system" in second));
});

test("the tool runner sends everything where it keeps no thread", async (t) => {
  const requests = watchRequests(t);

  const message = await client().beta.messages.toolRunner(
    asking("mock-node-weather", { tools: TOOLS, thread: false }),
  );

  const second = bodies(requests())[1];
  assert.equal(message.content[0].text, "In Zürich it is 18 °C.");
  assert.deepEqual(
    second.messages.map(({ role }) => role),
    ["user", "assistant", "user"],
  );
});

test("the tool runner answers parallel calls", async () => {
  const message = await client().beta.messages.toolRunner(asking("mock-node-parallel", { tools: TOOLS }));

  assert.equal(message.content[0].text, "18 °C at 12:30.");
});

test("the tool runner streams", async () => {
  const texts = [];
  const runner = client().beta.messages.toolRunner(
    asking("mock-node-weather", { tools: TOOLS, stream: true }),
  );

  for await (const stream of runner) texts.push(await stream.finalText());

  assert.deepEqual(texts, ["Let me look that up.", "In Zürich it is 18 °C."]);
});

test("the tool runner may start calls while the reply streams", async () => {
  const more = { tools: TOOLS, stream: true, runToolsEagerly: true };

  const message = await client().beta.messages.toolRunner(asking("mock-node-parallel", more)).runUntilDone();

  assert.equal(message.content[0].text, "18 °C at 12:30.");
});

test("the tool runner returns reasoning as it came", async (t) => {
  const requests = watchRequests(t);
  const thinking = { type: "enabled", budget_tokens: 1024 };

  const asked = asking("mock-node-thinking", { tools: TOOLS, thinking, max_tokens: 4096, thread: false });
  const message = await client().beta.messages.toolRunner(asked);

  const [block] = bodies(requests())[1].messages[1].content;
  assert.deepEqual(
    message.content.map(({ type }) => type),
    ["thinking", "text"],
  );
  assert.equal(block.thinking, "I need the weather in Paris.");
  assert(block.signature);
});

test("a zod tool without arguments is called with an empty object", async () => {
  const given = [];
  const now = betaZodTool({
    name: "now",
    description: "the time",
    inputSchema: z.object({}),
    run: (args) => given.push(args) && "noon",
  });

  const message = await client().beta.messages.toolRunner(asking("mock-node-no-arguments", { tools: [now] }));

  assert.deepEqual(given, [{}]);
  assert.equal(message.content[0].text, "It is noon.");
});

test("a call has an id, and its arguments are an object", async () => {
  const message = await client().messages.create(asking("mock-node-weather", { tools: DECLARED }));

  const [text, call] = message.content;
  assert.equal(message.stop_reason, "tool_use");
  assert.equal(text.text, "Let me look that up.");
  assert.match(call.id, /^toolu_/);
  assert.deepEqual(
    [call.type, call.name, call.input],
    ["tool_use", "get_weather", { city: "Zürich", days: 2 }],
  );
});

test("arguments are streamed in pieces", async () => {
  const snapshots = [];
  const stream = client().messages.stream(asking("mock-node-weather", { tools: DECLARED }));
  stream.on("inputJson", (_, snapshot) => snapshots.push(snapshot));

  await stream.done();

  assert(snapshots.length > 1);
  assert.deepEqual(snapshots.at(-1), { city: "Zürich", days: 2 });
});
