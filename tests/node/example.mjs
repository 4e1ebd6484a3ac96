// example.mjs: run it with `node --test example.mjs`.

import assert from "node:assert/strict";
import test from "node:test";

import OpenAI from "openai";

import { mockOf, url } from "./mocked.mjs";

const clientOf = ({ key }) => new OpenAI({ baseURL: `${url}/v1`, apiKey: key });
const asked = { model: "gpt-5.5", messages: [{ role: "user", content: "What is the weather in Oslo?" }] };

test("the tool is called, and what it found is told", async (t) => {
  const mock = mockOf(t);
  await mock.script(`
    scenario: weather
    match: {user: weather}
    turns:
      - reply: [{tool_call: get_weather, arguments: {city: Oslo}}]
      - expect: {tool_result: get_weather}
        reply: "It is {{ results.get_weather.temp_c }} °C."
  `);
  const tool = {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    parse: JSON.parse,
    function: () => ({ temp_c: 3 }),
  };

  const tools = [{ type: "function", function: tool }];
  const runner = clientOf(mock).chat.completions.runTools({ ...asked, tools });

  assert.equal(await runner.finalContent(), "It is 3 °C.");
  assert.equal((await mock.requests()).length, 2);
});

test("a stream that breaks off is an error", async (t) => {
  const mock = mockOf(t);
  await mock.script("scenario: forecast\nreply: It will rain in the morning and clear up later.");
  await mock.set({ faults: ["reset-mid-stream"] });

  const stream = await clientOf(mock).chat.completions.create({ ...asked, stream: true });

  await assert.rejects(Array.fromAsync(stream), /terminated/);
});
