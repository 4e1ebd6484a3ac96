// When the official `openai` package asks again. It follows no hint beyond a minute, and a hint of nothing.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { freshKey, refusalOf, watchRequests } from "./asking.mjs";

const asking = (model) => ({ model, messages: [{ role: "user", content: "Tell me." }] });
const counts = (requests) => requests().map(({ headers }) => headers.get("x-stainless-retry-count"));

for (const scenario of ["hint-beyond-a-minute", "hint-of-nothing", "told-to"]) {
  test(`it is asked again: ${scenario}`, async (t) => {
    const requests = watchRequests(t);
    const client = new OpenAI({ apiKey: freshKey() });

    const completion = await client.chat.completions.create(asking(`mock-node-${scenario}`));

    assert.equal(completion.choices[0].message.content, "Second time lucky.");
    assert.deepEqual(counts(requests), ["0", "1"]);
  });
}

test("it is not asked again where the server says so", async (t) => {
  const requests = watchRequests(t);
  const client = new OpenAI({ apiKey: freshKey() });

  const refusal = await refusalOf(client.chat.completions.create(asking("mock-node-told-not-to")));

  assert.equal(refusal.status, 500);
  assert.deepEqual(counts(requests), ["0"]);
});

for (const kind of ["invalid_request", "authentication", "permission", "not_found", "too_large"]) {
  test(`what stays is not asked again: ${kind}`, async (t) => {
    const requests = watchRequests(t);
    const client = new OpenAI({ apiKey: freshKey() });

    await refusalOf(client.chat.completions.create(asking(`mock-node-${kind}`)));

    assert.deepEqual(counts(requests), ["0"]);
  });
}
