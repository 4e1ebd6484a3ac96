// Gemini with the official `@google/genai` package.

import assert from "node:assert/strict";
import test from "node:test";

import { ApiError, GoogleGenAI, Type } from "@google/genai";
import { z } from "zod";

import { TEXT, all, freshKey, refusalOf, watchRequests } from "./asking.mjs";

const client = (options) => new GoogleGenAI({ apiKey: freshKey(), ...options });
const asking = (model, config) => ({ model, contents: "Tell me.", config });
const joined = (chunks) => chunks.map((chunk) => chunk.text ?? "").join("");
const told = (error) => JSON.parse(error.message).error;

for (const apiVersion of [undefined, "v1", "v1beta", "v1alpha"]) {
  test(`a question is answered, by the API version ${apiVersion ?? "that the SDK chooses"}`, async () => {
    const asked = { model: "gemini-2.5-pro", contents: "Hello!" };

    const response = await client({ apiVersion }).models.generateContent(asked);

    const [{ content, finishReason }] = response.candidates;
    const { promptTokenCount, candidatesTokenCount, totalTokenCount } = response.usageMetadata;
    assert.equal(response.text, "Hello! How can I help you today?");
    assert.deepEqual([content.role, finishReason], ["model", "STOP"]);
    assert.equal(response.modelVersion, "gemini-2.5-pro");
    assert(response.responseId);
    assert.equal(promptTokenCount + candidatesTokenCount, totalTokenCount);
  });
}

test("the base URL may end with a slash", async () => {
  const baseUrl = `${process.env.GOOGLE_GEMINI_BASE_URL}/`;

  const response = await client({ httpOptions: { baseUrl } }).models.generateContent(
    asking("mock-node-text"),
  );

  assert.equal(response.text, TEXT);
});

test("a stream is the answer in pieces", async () => {
  const chunks = await all(await client().models.generateContentStream(asking("mock-node-text")));

  const reasons = chunks.map(({ candidates: [{ finishReason }] }) => finishReason);
  const totals = chunks.map(({ usageMetadata }) => usageMetadata.totalTokenCount);
  assert.equal(joined(chunks), TEXT);
  assert(chunks.length > 10);
  assert.equal(new Set(chunks.map(({ responseId }) => responseId)).size, 1);
  assert.deepEqual([reasons.pop(), ...new Set(reasons)], ["STOP", undefined]);
  assert.deepEqual(
    totals,
    totals.toSorted((one, other) => one - other),
  );
});

test("a stream arrives while it is sent", async () => {
  const stream = await client().models.generateContentStream(asking("mock-node-long"));
  const began = performance.now();
  const arrivals = [];

  for await (const _ of stream) arrivals.push(performance.now() - began);

  assert(arrivals.at(-1) - arrivals[0] > 300, `it took ${arrivals}`);
});

test("a chat remembers, streamed or not", async () => {
  const chat = client().chats.create({ model: "mock-node-chat" });

  const first = await all(await chat.sendMessageStream({ message: "Hello!" }));
  const second = await chat.sendMessage({ message: "And now?" });

  assert.deepEqual([joined(first), second.text], ["Nice to meet you.", "We met before."]);
  assert.equal(chat.getHistory().at(-1).parts[0].text, "We met before.");
});

test("reasoning is told only where it is asked for, and is no text", async () => {
  const asked = { model: "gemini-2.5-pro", contents: "How many r are in strawberry?" };
  const open = { ...asked, config: { thinkingConfig: { includeThoughts: true } } };
  const thoughtsOf = ({ candidates: [{ content }] }) =>
    (content?.parts ?? []).filter(({ thought }) => thought).map(({ text }) => text);

  const [quiet, told] = [
    await client().models.generateContent(asked),
    await client().models.generateContent(open),
  ];
  const chunks = await all(await client().models.generateContentStream(open));

  assert.deepEqual(thoughtsOf(quiet), []);
  assert.match(thoughtsOf(told).join(""), /^The user wants to know/);
  assert.equal(chunks.flatMap(thoughtsOf).join(""), thoughtsOf(told).join(""));
  for (const text of [quiet.text, told.text, joined(chunks)])
    assert.equal(text, `There are three r's in "strawberry".`);
  assert(told.usageMetadata.thoughtsTokenCount > 0);
});

const Person = z.object({ name: z.string(), age: z.int() });
const OBJECT = {
  type: Type.OBJECT,
  properties: { title: { type: Type.STRING }, kind: { type: Type.STRING, enum: ["talk", "workshop"] } },
  required: ["title", "kind"],
};

for (const [form, schema, fits] of [
  ["JSON Schema", { responseJsonSchema: z.toJSONSchema(Person) }, (value) => Person.parse(value)],
  [
    "OpenAPI schema",
    { responseSchema: OBJECT },
    ({ title, kind }) => assert(title && OBJECT.properties.kind.enum.includes(kind)),
  ],
]) {
  test(`without a script the answer fits the ${form}`, async () => {
    const config = { responseMimeType: "application/json", ...schema };

    const response = await client().models.generateContent(asking("gemini-2.5-pro", config));

    fits(JSON.parse(response.text));
  });
}

test("an answer that must be one of several words is one of them", async () => {
  const responseSchema = { type: Type.STRING, enum: ["red", "green"] };

  const config = { responseMimeType: "text/x.enum", responseSchema };
  const response = await client().models.generateContent(asking("gemini-2.5-pro", config));

  assert(responseSchema.enum.includes(response.text), response.text);
});

test("a picture is drawn where one is asked for", async () => {
  const config = { responseModalities: ["TEXT", "IMAGE"], imageConfig: { aspectRatio: "16:9" } };
  const asked = { model: "gemini-2.5-flash-image", contents: "Draw a cat", config };

  const response = await client().models.generateContent(asked);
  const chunks = await all(await client().models.generateContentStream(asked));

  for (const data of [response.data, chunks.map((chunk) => chunk.data ?? "").join("")])
    assert.equal(Buffer.from(data, "base64").toString("latin1", 1, 4), "PNG");
});

test("pictures may be asked about", async () => {
  const contents = [{ inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }, "Hello!"];

  const response = await client().models.generateContent({ model: "mock-node-text", contents });

  assert.equal(response.text, TEXT);
});

test("several candidates are numbered", async () => {
  const { candidates } = await client().models.generateContent(
    asking("mock-node-text", { candidateCount: 2 }),
  );

  assert.deepEqual(
    candidates.map(({ index }) => index ?? 0),
    [0, 1],
  );
});

test("an answer that was cut says so", async () => {
  const { candidates } = await client().models.generateContent(asking("mock-node-cut"));

  assert.equal(candidates[0].finishReason, "MAX_TOKENS");
});

test("a withheld answer has a reason and no text", async () => {
  const response = await client().models.generateContent(asking("mock-node-blocked"));
  const chunks = await all(await client().models.generateContentStream(asking("mock-node-blocked")));

  for (const { text, candidates } of [response, chunks.at(-1)])
    assert.deepEqual([text, candidates[0].finishReason], [undefined, "SAFETY"]);
});

test("a blocked prompt has no candidates", async () => {
  const response = await client().models.generateContent(asking("mock-node-content_filter"));
  const chunks = await all(await client().models.generateContentStream(asking("mock-node-content_filter")));

  for (const { candidates, promptFeedback } of [response, ...chunks])
    assert.deepEqual([candidates, promptFeedback.blockReason], [undefined, "SAFETY"]);
});

test("tokens are counted without an answer", async () => {
  const counted = await client().models.countTokens(asking("gemini-2.5-pro"));
  const response = await client().models.generateContent(asking("gemini-2.5-pro"));

  assert.equal(counted.totalTokens, response.usageMetadata.promptTokenCount);
});

const REFUSALS = [
  ["invalid_request", 400, "INVALID_ARGUMENT"],
  ["context_length", 400, "INVALID_ARGUMENT"],
  ["authentication", 400, "INVALID_ARGUMENT"],
  ["too_large", 400, "INVALID_ARGUMENT"],
  ["billing", 400, "FAILED_PRECONDITION"],
  ["permission", 403, "PERMISSION_DENIED"],
  ["not_found", 404, "NOT_FOUND"],
  ["conflict", 409, "ABORTED"],
  ["rate_limit", 429, "RESOURCE_EXHAUSTED"],
  ["quota", 429, "RESOURCE_EXHAUSTED"],
  ["server_error", 500, "INTERNAL"],
  ["overloaded", 503, "UNAVAILABLE"],
  ["timeout", 504, "DEADLINE_EXCEEDED"],
];

for (const [kind, code, status] of REFUSALS) {
  test(`${kind} is refused with ${code}, streamed or not`, async () => {
    const asked = asking(`mock-node-${kind}`);

    const error = await refusalOf(client().models.generateContent(asked));
    const streamed = await refusalOf(client().models.generateContentStream(asked));

    const { error: inner } = JSON.parse(told(streamed).message); // the SDK wraps what is not application/json
    assert(error instanceof ApiError && streamed instanceof ApiError);
    assert.deepEqual([error.status, told(error).code, told(error).status], [code, code, status]);
    assert.deepEqual([streamed.status, inner.code, inner.status], [code, code, status]);
  });
}

test("a quota tells when to ask again", async () => {
  const { details } = told(await refusalOf(client().models.generateContent(asking("mock-node-rate_limit"))));

  const kinds = details.map((detail) => detail["@type"].split(".").at(-1)).toSorted();
  assert.deepEqual(kinds, ["Help", "QuotaFailure", "RetryInfo"]);
});

test("what is wrong with a request is told with its place", async () => {
  const error = await refusalOf(
    client().models.generateContent({ model: "gemini-2.5-pro", contents: [{ role: "user" }] }),
  );

  assert.equal(error.status, 400);
  assert.match(told(error).message, /GenerateContentRequest\.contents\[0\]\.parts/);
});

test("models are listed page by page, and each can be read", async () => {
  const asker = client();

  const whole = await all(await asker.models.list());
  const paged = await all(await asker.models.list({ config: { pageSize: 3 } }));
  const first = await asker.models.get({ model: whole[0].name });

  assert(whole.length > 3);
  assert.deepEqual(
    paged.map(({ name }) => name),
    whole.map(({ name }) => name),
  );
  assert(whole.every(({ name }) => name.startsWith("models/")));
  assert.deepEqual(first.supportedActions, whole[0].supportedActions);
  assert(first.inputTokenLimit > 0);
});

test("a model that does not exist is not found", async () => {
  const error = await refusalOf(client().models.get({ model: "no-such-model" }));

  assert.deepEqual([error.status, told(error).status], [404, "NOT_FOUND"]);
});

const retryOptions = { attempts: 3, initialDelay: 0.01 };

for (const [scenario, text] of [
  ["retry", "Second time lucky."],
  ["busy", "Here I am."],
]) {
  test(`the SDK asks again where it is told to: ${scenario}`, async (t) => {
    const requests = watchRequests(t);
    const patient = client({ httpOptions: { retryOptions } });

    const response = await patient.models.generateContent(asking(`mock-node-${scenario}`));

    assert.equal(response.text, text);
    assert.equal(requests().length, 2);
  });
}

test("a stream is asked for again after an overload", async () => {
  const patient = client({ httpOptions: { retryOptions } });

  const chunks = await all(await patient.models.generateContentStream(asking("mock-node-busy")));

  assert.equal(joined(chunks), "Here I am.");
});

test("a stream may be left, and the next request is answered", async () => {
  const left = client();
  for await (const chunk of await left.models.generateContentStream(asking("mock-node-long")))
    if (chunk.text) break;

  const response = await left.models.generateContent(asking("mock-node-text"));

  assert.equal(response.text, TEXT);
});

test("a stream may be aborted, and the next request is answered", async () => {
  const left = client();
  const controller = new AbortController();
  const stream = await left.models.generateContentStream(
    asking("mock-node-long", { abortSignal: controller.signal }),
  );
  const reading = async () => {
    for await (const _ of stream) controller.abort();
  };

  const error = await refusalOf(reading());
  const response = await left.models.generateContent(asking("mock-node-text"));

  assert.equal(error.name, "AbortError");
  assert.equal(response.text, TEXT);
});

test("an answer that does not come is given up", async () => {
  const impatient = client({ httpOptions: { timeout: 100 } });

  const error = await refusalOf(impatient.models.generateContent(asking("mock-node-slow")));

  assert.match(error.message, /aborted|timeout/i);
});

test("the headers of an answer can be read", async () => {
  const { sdkHttpResponse } = await client().models.generateContent(asking("mock-node-text"));

  assert.match(sdkHttpResponse.headers["content-type"], /^application\/json/);
  assert.equal(sdkHttpResponse.headers["x-gemini-service-tier"], "standard");
});

test("texts are embedded in their order", async () => {
  const contents = ["one", "two", "one"];

  const { embeddings } = await client().models.embedContent({
    model: "gemini-embedding-001",
    contents,
    config: { outputDimensionality: 16 },
  });

  const [first, second, third] = embeddings.map(({ values }) => values);
  assert.deepEqual([first.length, second.length], [16, 16]);
  assert.deepEqual(first, third);
  assert.notDeepEqual(first, second);
});

test("a conversation goes on from what is cached", async () => {
  const ai = client();
  const model = "gemini-2.5-pro";
  const cache = await ai.caches.create({
    model,
    config: { contents: "A long book. ".repeat(40), systemInstruction: "You know it.", ttl: "60s" },
  });

  const asked = { model, contents: "Hello!", config: { cachedContent: cache.name } };
  const { usageMetadata } = await ai.models.generateContent(asked);
  await ai.caches.delete({ name: cache.name });

  assert.equal(usageMetadata.cachedContentTokenCount, cache.usageMetadata.totalTokenCount);
  const gone = await refusalOf(ai.caches.get({ name: cache.name }));
  assert.deepEqual([gone.status, told(gone).status], [403, "PERMISSION_DENIED"]);
});
