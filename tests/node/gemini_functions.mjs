// Functions with the official `@google/genai` package: called by the SDK, and by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { FunctionCallingConfigMode, GoogleGenAI, Type } from "@google/genai";

import { CITY, all, freshKey, time, weather } from "./asking.mjs";

const client = () => new GoogleGenAI({ apiKey: freshKey() });
const asking = (model, config) => ({ model, contents: "Tell me.", config });
const joined = (chunks) => chunks.map((chunk) => chunk.text ?? "").join("");

const ANSWERS = { get_weather: weather, get_time: time, now: () => ({ now: "noon" }) };
const DECLARATIONS = [
  { name: "get_weather", parametersJsonSchema: CITY },
  {
    name: "get_time",
    parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] },
  },
  { name: "now" },
];
const DECLARED = { tools: [{ functionDeclarations: DECLARATIONS }] };
const answersTo = (calls) =>
  calls.map(({ id, name, args }) => ({ functionResponse: { id, name, response: ANSWERS[name](args) } }));
const CALLABLE = {
  tools: [{ tool: async () => DECLARED.tools[0], callTool: async (calls) => answersTo(calls) }],
};

test("functions are called by the SDK, and their results told", async () => {
  const response = await client().models.generateContent(asking("mock-node-weather", CALLABLE));

  const history = response.automaticFunctionCallingHistory;
  assert.equal(response.text, "In Zürich it is 18 °C.");
  assert.deepEqual(
    history.map(({ role }) => role),
    ["user", "model", "user"],
  );
});

test("functions are called by the SDK in a stream", async () => {
  const chunks = await all(
    await client().models.generateContentStream(asking("mock-node-weather", CALLABLE)),
  );

  assert.match(joined(chunks), /^Let me look that up\.[^]*In Zürich it is 18 °C\.$/);
});

for (const ask of ["generateContent", "generateContentStream"]) {
  test(`parallel functions are called by the SDK: ${ask}`, async () => {
    const answer = await client().models[ask](asking("mock-node-parallel", CALLABLE));

    assert.equal(ask === "generateContent" ? answer.text : joined(await all(answer)), "18 °C at 12:30.");
  });
}

test("a chat calls functions, and remembers what they told", async () => {
  const chat = client().chats.create({ model: "mock-node-weather", config: CALLABLE });

  const response = await chat.sendMessage({ message: "Tell me." });

  assert.equal(response.text, "In Zürich it is 18 °C.");
  assert.deepEqual(
    chat.getHistory().map(({ role }) => role),
    ["user", "model", "user", "model"],
  );
});

test("a call is whole, with an id and arguments, in a stream too", async () => {
  const asked = asking("mock-node-parallel", DECLARED);

  const response = await client().models.generateContent(asked);
  const chunks = await all(await client().models.generateContentStream(asked));

  const streamed = chunks.flatMap(({ functionCalls }) => functionCalls ?? []);
  for (const calls of [response.functionCalls, streamed]) {
    assert.deepEqual(
      calls.map(({ name, args }) => [name, args]),
      [
        ["get_weather", { city: "Paris" }],
        ["get_time", { city: "Paris" }],
      ],
    );
    assert.equal(new Set(calls.map(({ id }) => id)).size, 2);
  }
  assert.equal(response.candidates[0].finishReason, "STOP");
});

test("results may be sent by hand, with the reasoning's signature", async () => {
  const first = await client().models.generateContent(asking("mock-node-thinking", DECLARED));
  const { content } = first.candidates[0];
  const contents = [
    { role: "user", parts: [{ text: "Tell me." }] },
    content,
    { role: "user", parts: answersTo(first.functionCalls) },
  ];

  const second = await client().models.generateContent({
    ...asking("mock-node-thinking", DECLARED),
    contents,
  });

  assert(content.parts.some(({ thoughtSignature }) => thoughtSignature));
  assert.equal(second.text, "It is 18 °C.");
});

test("a function without arguments is called with an empty object", async () => {
  const { functionCalls } = await client().models.generateContent(asking("mock-node-no-arguments", DECLARED));

  assert.deepEqual(
    functionCalls.map(({ name, args }) => [name, args]),
    [["now", {}]],
  );
});

test("a forced function is called with arguments that fit, without a script", async () => {
  const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["get_time"] };
  const config = { ...DECLARED, toolConfig: { functionCallingConfig } };

  const { functionCalls } = await client().models.generateContent(asking("gemini-2.5-pro", config));

  const [{ name, args }] = functionCalls;
  assert.equal(name, "get_time");
  assert.equal(typeof args.city, "string");
});
