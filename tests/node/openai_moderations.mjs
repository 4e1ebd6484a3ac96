// Moderations with the official `openai` package.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { freshKey } from "./asking.mjs";

test("each text has its result", async () => {
  const client = new OpenAI({ apiKey: freshKey(), maxRetries: 0 });

  const { id, results } = await client.moderations.create({ input: ["fine", "murder"] });

  assert.match(id, /^modr-/);
  assert.deepEqual(results.map((result) => result.flagged), [false, true]);
  assert.equal(results[1].categories["self-harm/intent"], false);
});
