// The server beside a test suite in another language: started by its command, set up and asked over HTTP.

import assert from "node:assert/strict";
import test from "node:test";

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

import { all, refusalOf } from "./asking.mjs";
import { mockOf, url } from "./mocked.mjs";

const CITY = { type: "object", properties: { city: { type: "string" } } };
const CONVERSATION = `
  scenario: weather
  match: {user: weather}
  turns:
    - reply: [{tool_call: get_weather, arguments: {city: Oslo}}]
    - expect: {tool_result: get_weather}
      reply: "It is {{ results.get_weather.temp_c }} °C."
`;
const QUESTION = "What is the weather in Oslo?";
const RESULT = { temp_c: 3 };
const messages = [{ role: "user", content: QUESTION }];

/** For each SDK: a question that may call the tool, by hand, and the text of a stream. */
const SDKS = {
  openai: {
    client: (key) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key }),
    async ask(client) {
      const tools = [{ type: "function", function: { name: "get_weather", parameters: CITY } }];
      const create = (said) => client.chat.completions.create({ model: "gpt-5.5", messages: said, tools });
      const [{ message }] = (await create(messages)).choices;
      const [call] = message.tool_calls ?? [];
      if (!call) return message.content;
      const result = { role: "tool", tool_call_id: call.id, content: JSON.stringify(RESULT) };
      return (await create([...messages, message, result])).choices[0].message.content;
    },
    async stream(client) {
      const chunks = await all(
        await client.chat.completions.create({ model: "gpt-5.5", messages, stream: true }),
      );
      return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    },
  },
  anthropic: {
    client: (key) => new Anthropic({ baseURL: `${url}/anthropic`, apiKey: key }),
    async ask(client) {
      const asked = { model: "claude-sonnet-4-6", max_tokens: 100, messages };
      const tools = [{ name: "get_weather", input_schema: CITY }];
      const { content } = await client.messages.create({ ...asked, tools });
      const call = content.find(({ type }) => type === "tool_use");
      if (!call) return content[0].text;
      const result = { type: "tool_result", tool_use_id: call.id, content: JSON.stringify(RESULT) };
      const said = [...messages, { role: "assistant", content }, { role: "user", content: [result] }];
      return (await client.messages.create({ ...asked, messages: said, tools })).content[0].text;
    },
    stream: (client) =>
      client.messages.stream({ model: "claude-sonnet-4-6", max_tokens: 100, messages }).finalText(),
  },
  gemini: {
    client: (key) =>
      new GoogleGenAI({
        apiKey: key,
        httpOptions: { baseUrl: url, retryOptions: { attempts: 2, initialDelay: 0.01 } },
      }),
    async ask(client) {
      const config = { tools: [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema: CITY }] }] };
      const chat = client.chats.create({ model: "gemini-2.5-pro", config });
      const { functionCalls, text } = await chat.sendMessage({ message: QUESTION });
      if (!functionCalls) return text;
      const [{ id, name }] = functionCalls;
      const answer = { functionResponse: { id, name, response: RESULT } };
      return (await chat.sendMessage({ message: [answer] })).text;
    },
    async stream(client) {
      const asked = { model: "gemini-2.5-pro", contents: QUESTION };
      return (await all(await client.models.generateContentStream(asked))).map(({ text }) => text).join("");
    },
  },
};

for (const [name, sdk] of Object.entries(SDKS)) {
  test(`${name}: a posted scenario is played to its end`, async (t) => {
    const mock = mockOf(t);
    await mock.script(CONVERSATION);

    assert.equal(await sdk.ask(sdk.client(mock.key)), "It is 3 °C.");

    const requests = await mock.requests();
    assert.deepEqual(
      requests.map(({ scenario, turn }) => [scenario, turn]),
      [
        ["weather", 1],
        ["weather", 2],
      ],
    );
  });

  test(`${name}: what is overloaded is asked again`, async (t) => {
    const mock = mockOf(t);
    await mock.script("scenario: busy\nattempts: [{error: {kind: overloaded, retry_after: 0}}, {reply: Here I am.}]");

    assert.equal(await sdk.ask(sdk.client(mock.key)), "Here I am.");
  });

  test(`${name}: a fault is for the one test that sets it`, async (t) => {
    const broken = mockOf(t);
    const whole = mockOf(t);
    for (const mock of [broken, whole]) {
      await mock.script("scenario: forecast\nreply: It will rain in the morning and clear up later.");
    }
    await broken.set({ faults: ["reset-mid-stream"] });

    await refusalOf(sdk.stream(sdk.client(broken.key)));
    assert.equal(await sdk.stream(sdk.client(whole.key)), "It will rain in the morning and clear up later.");

    const [{ faults }] = await broken.requests();
    assert.deepEqual(faults, ["reset-mid-stream"]);
  });
}

test("each test sees its own scenarios and requests only", async (t) => {
  const one = mockOf(t);
  const other = mockOf(t);
  await one.script("scenario: mine\nreply: One.");
  await other.script("scenario: mine\nreply: Other.");

  assert.equal(await SDKS.openai.ask(SDKS.openai.client(one.key)), "One.");
  assert.equal((await other.requests()).length, 0);
  assert.equal(await SDKS.openai.ask(SDKS.openai.client(other.key)), "Other.");
});

test("a scenario that was not played to its end fails the test", async () => {
  const { mock, verify } = withoutVerifying();
  await mock.script(CONVERSATION);

  assert.match((await refusalOf(verify())).message, /weather was never played\s+--> posted:2:3/);
});

test("a request that no scenario answers fails the test", async () => {
  const { mock, verify } = withoutVerifying();
  await mock.script("scenario: greeting\nmatch: {user: hello}\nreply: Hi.");

  await refusalOf(SDKS.openai.ask(SDKS.openai.client(mock.key)));

  assert.match((await refusalOf(verify())).message, /greeting/);
});

test("a slip in a scenario is told with its place", async (t) => {
  const { message } = await refusalOf(mockOf(t).script("scenario: slip\nreplly: Hi."));

  assert.match(message, /posted:2:1/);
  assert.match(message, /did you mean `reply`/);
});

/** A mock whose test verifies by itself. */
function withoutVerifying() {
  let verify;
  const mock = mockOf({ after: (check) => (verify = check) });
  return { mock, verify };
}
