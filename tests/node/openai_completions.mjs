// Legacy completions with the official `openai` package.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { all, freshKey } from "./asking.mjs";

const client = () => new OpenAI({ apiKey: freshKey(), maxRetries: 0 });
const asked = { model: "gpt-3.5-turbo-instruct", prompt: "Hello!" };

test("a prompt is completed", async () => {
  const answer = await client().completions.create(asked);

  assert.equal(answer.object, "text_completion");
  assert.equal(answer.choices[0].text, "Hello! How can I help you today?");
});

test("a completion is streamed", async () => {
  const chunks = await all(await client().completions.create({ ...asked, stream: true }));

  assert.equal(chunks.map((chunk) => chunk.choices[0].text).join(""), "Hello! How can I help you today?");
  assert.equal(chunks.at(-1).choices[0].finish_reason, "stop");
});
