// Embeddings with the official `openai` package. It asks for base64 of its own accord, and unpacks it.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { freshKey, refusalOf } from "./asking.mjs";

const client = () => new OpenAI({ apiKey: freshKey(), maxRetries: 0 });
const model = "text-embedding-3-small";

test("the default equals floats", async () => {
  const packed = await client().embeddings.create({ model, input: "Hello, world!" });
  const plain = await client().embeddings.create({ model, input: "Hello, world!", encoding_format: "float" });

  assert.equal(plain.data[0].embedding.length, 1536);
  assert.deepEqual(Array.from(packed.data[0].embedding), plain.data[0].embedding);
});

test("several texts come in their order", async () => {
  const both = await client().embeddings.create({ model, input: ["one", "two"], dimensions: 8 });
  const two = await client().embeddings.create({ model, input: "two", dimensions: 8 });

  assert.deepEqual(both.data.map((item) => item.index), [0, 1]);
  assert.deepEqual(Array.from(both.data[1].embedding), Array.from(two.data[0].embedding));
});

test("an empty text is a bad request", async () => {
  const refusal = await refusalOf(client().embeddings.create({ model, input: "" }));

  assert.equal(refusal.status, 400);
  assert.equal(refusal.param, "input");
});
