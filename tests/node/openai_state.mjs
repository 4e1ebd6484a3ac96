// What the Responses API keeps, with the official `openai` package: background, conversations, compaction.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import test from "node:test";

import OpenAI from "openai";

import { all, freshKey } from "./asking.mjs";

const client = () => new OpenAI({ apiKey: freshKey(), maxRetries: 0 });
const HELLO = { model: "gpt-5.5", input: "Hello!" };
const GREETING = "Hello! How can I help you today?";

test("a response in the background is polled until it is done", async () => {
  const openai = client();
  let response = await openai.responses.create({ ...HELLO, background: true });
  const first = response.status;

  while (["queued", "in_progress"].includes(response.status)) {
    await sleep(10);
    response = await openai.responses.retrieve(response.id);
  }

  assert.equal(first, "queued");
  assert.equal(response.status, "completed");
  assert.equal(response.output_text, GREETING);
});

test("a stream in the background is resumed", async () => {
  const openai = client();
  const events = await all(await openai.responses.create({ ...HELLO, background: true, stream: true }));
  const { id } = events[0].response;

  const rest = await all(await openai.responses.retrieve(id, { stream: true, starting_after: 4 }));

  assert.deepEqual(rest, events.slice(5));
});

test("what has been waited for cannot be cancelled", async () => {
  const openai = client();
  const { id } = await openai.responses.create(HELLO);

  await assert.rejects(openai.responses.cancel(id), {
    status: 400,
    message: "400 Cannot cancel a synchronous response.",
  });
});

test("a conversation holds what was said in it", async () => {
  const openai = client();
  const { id } = await openai.conversations.create({ metadata: { topic: "demo" } });

  await openai.responses.create({ ...HELLO, conversation: id });
  await openai.conversations.items.create(id, { items: [{ role: "user", content: "And?" }] });
  const items = await all(openai.conversations.items.list(id, { order: "asc", limit: 2 }));

  assert.deepEqual(
    items.map((item) => item.content[0].text),
    ["Hello!", GREETING, "And?"],
  );
  assert.equal((await openai.conversations.delete(id)).deleted, true);
  await assert.rejects(openai.conversations.retrieve(id), { status: 404 });
});

test("a compacted conversation goes on", async () => {
  const openai = client();
  const first = await openai.responses.create(HELLO);

  const compacted = await openai.responses.compact({ model: "gpt-5.5", previous_response_id: first.id });
  const next = await openai.responses.create({
    ...HELLO,
    input: [...compacted.output, { role: "user", content: "Hello!" }],
  });

  assert.deepEqual(
    compacted.output.map((item) => item.type),
    ["message", "compaction"],
  );
  assert.equal(next.output_text, GREETING);
});

test("the tokens of an input are counted", async () => {
  const counted = await client().responses.inputTokens.count({ model: "gpt-5.5", input: "Hello!" });

  assert.equal(counted.object, "response.input_tokens");
  assert.ok(counted.input_tokens > 0);
});
