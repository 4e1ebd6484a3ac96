// Asks for faults, each with one of the SDKs, and tells what the SDK made of it.
//   node fault_clients.mjs CASES OUTCOMES
// CASES is a file with a JSON array of {client, model, asks, patience}: what the request asks beside the model, and
// the patience in ms. OUTCOMES gets what came of each, in their order. Base URLs and keys come from the environment, as every SDK reads them.

import { readFile, writeFile } from "node:fs/promises";

import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

const AT_ONCE = 24;
const TOKENS = 1100; // what an answer may have at most: an endless one ends there

const CITY_AND_UNIT = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string" } },
  required: ["city"],
};
const messages = [{ role: "user", content: "What is the weather?" }];

const openai = new OpenAI({ maxRetries: 0 });
const anthropic = new Anthropic({ maxRetries: 0 });
const gemini = new GoogleGenAI({});

const chat = ({ model, asks }, more) => ({
  model,
  max_completion_tokens: TOKENS,
  messages,
  tools: [{ type: "function", function: { name: "get_weather", parameters: CITY_AND_UNIT } }],
  ...asks,
  ...more,
});
const completions = ({ model, asks }, more) => ({ model, prompt: "Hello!", ...asks, ...more });
const responses = ({ model, asks }, more) => ({
  model,
  input: messages,
  max_output_tokens: TOKENS,
  tools: [{ type: "function", name: "get_weather", parameters: CITY_AND_UNIT, strict: false }],
  ...asks,
  ...more,
});
const anthropicMessages = ({ model, asks }, more) => ({
  model,
  max_tokens: TOKENS,
  messages,
  thinking: { type: "enabled", budget_tokens: 1024 },
  tools: [{ name: "get_weather", input_schema: CITY_AND_UNIT }],
  ...asks,
  ...more,
});
const contents = ({ model }, abortSignal) => ({
  model,
  contents: messages[0].content,
  config: {
    abortSignal,
    maxOutputTokens: TOKENS,
    thinkingConfig: { includeThoughts: true },
    tools: [
      { functionDeclarations: [{ name: "get_weather", parametersJsonSchema: CITY_AND_UNIT }] },
    ],
  },
});

/** What is told of an answer while it comes: how many events, the text, the names of calls, why it stopped. */
const nothingYet = () => ({ events: 0, text: "", calls: [], stop: null });

const add = (seen, text, calls, stop) => {
  if (typeof text === "string") seen.text += text;
  seen.calls.push(...calls.filter((name) => typeof name === "string" && name));
  seen.stop = stop ?? seen.stop;
};

const callNames = (calls) => (calls ?? []).map((call) => call?.function?.name);
const ofChoice = (seen, choice, said) =>
  add(seen, said?.content, callNames(said?.tool_calls), choice?.finish_reason);

const ofResponse = (seen, response) =>
  add(
    seen,
    response?.output_text,
    (response?.output ?? []).filter((item) => item?.type === "function_call").map((item) => item.name),
    response?.status,
  );

const ofMessage = (seen, message) => {
  const blocks = message?.content ?? [];
  const text = blocks.filter((block) => block?.type === "text").map((block) => block.text);
  const calls = blocks.filter((block) => block?.type === "tool_use").map((block) => block.name);
  add(seen, text.join(""), calls, message?.stop_reason);
};

const ofContent = (seen, response) => {
  const candidate = response?.candidates?.[0];
  const parts = candidate?.content?.parts ?? [];
  const text = parts.filter((part) => !part.thought).map((part) => part.text ?? "");
  add(seen, text.join(""), parts.map((part) => part.functionCall?.name), candidate?.finishReason);
};

/** Each event of a stream is counted, and told. */
async function read(seen, stream, tell) {
  for await (const event of stream) {
    seen.events += 1;
    tell(event);
  }
}

const ofResponseEvent = (seen, event) => {
  if (event?.type === "response.output_text.delta") add(seen, event.delta, []);
  else if (event?.item?.type === "function_call" && event.type === "response.output_item.added")
    add(seen, "", [event.item.name]);
  else if (event?.response) seen.stop = event.response.status ?? seen.stop;
  if (event?.type === "response.output_text.done" && !seen.text) add(seen, event.text, []);
};

const ofMessageEvent = (seen, event) => {
  const { content_block: block, delta } = event ?? {};
  if (event?.type === "content_block_start")
    add(seen, block?.text, block?.type === "tool_use" ? [block.name] : []);
  else if (event?.type === "content_block_delta") add(seen, delta?.text, []);
  else if (event?.type === "message_delta") add(seen, "", [], delta?.stop_reason);
};

const CLIENTS = {
  "openai.chat": async (seen, one, options) => {
    const answer = await openai.chat.completions.create(chat(one), options);
    ofChoice(seen, answer?.choices?.[0], answer?.choices?.[0]?.message);
  },
  "openai.chat stream": async (seen, one, options) => {
    await read(seen, await openai.chat.completions.create(chat(one, { stream: true }), options), ({ choices }) =>
      ofChoice(seen, choices?.[0], choices?.[0]?.delta),
    );
  },
  "openai.chat helper": async (seen, one, options) => {
    const { choices } = await openai.chat.completions.stream(chat(one), options).finalChatCompletion();
    ofChoice(seen, choices[0], choices[0].message);
  },
  "openai.completions": async (seen, one, options) => {
    const answer = await openai.completions.create(completions(one), options);
    add(seen, answer?.choices?.[0]?.text, [], answer?.choices?.[0]?.finish_reason);
  },
  "openai.completions stream": async (seen, one, options) => {
    await read(seen, await openai.completions.create(completions(one, { stream: true }), options), ({ choices }) =>
      add(seen, choices?.[0]?.text, [], choices?.[0]?.finish_reason),
    );
  },
  "openai.responses": async (seen, one, options) =>
    ofResponse(seen, await openai.responses.create(responses(one), options)),
  "openai.responses stream": async (seen, one, options) =>
    read(seen, await openai.responses.create(responses(one, { stream: true }), options), (event) =>
      ofResponseEvent(seen, event),
    ),
  "openai.responses helper": async (seen, one, options) =>
    ofResponse(seen, await openai.responses.stream(responses(one), options).finalResponse()),
  "anthropic": async (seen, one, options) =>
    ofMessage(seen, await anthropic.messages.create(anthropicMessages(one), options)),
  "anthropic stream": async (seen, one, options) =>
    read(seen, await anthropic.messages.create(anthropicMessages(one, { stream: true }), options), (event) =>
      ofMessageEvent(seen, event),
    ),
  "anthropic helper": async (seen, one, options) =>
    ofMessage(seen, await anthropic.messages.stream(anthropicMessages(one), options).finalMessage()),
  "gemini": async (seen, one, { signal }) =>
    ofContent(seen, await gemini.models.generateContent(contents(one, signal))),
  "gemini stream": async (seen, one, { signal }) =>
    read(seen, await gemini.models.generateContentStream(contents(one, signal)), (chunk) =>
      ofContent(seen, chunk),
    ),
};

/** What came of one case: what was read until it ended, and the error in which it ended, if any. */
async function outcomeOf(one) {
  const outcome = await asked(one);
  // The fault of another case may have closed the connection on which this one was to be asked.
  return neverArrived(outcome) ? asked(one) : outcome;
}

async function asked(one) {
  const seen = nothingYet();
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(), one.patience);
  let error = null;
  try {
    await CLIENTS[one.client](seen, one, { signal: leaving.signal });
  } catch (thrown) {
    error = { name: thrown?.constructor?.name, status: thrown?.status ?? null, says: String(thrown?.message) };
  }
  const hung = leaving.signal.aborted;
  clearTimeout(timer);
  return { ...seen, error, hung };
}

const neverArrived = ({ error, hung }) =>
  !hung && (error?.name === "APIConnectionError" || error?.says === "fetch failed");

// What an SDK fails on where nobody can catch it is one more outcome, and must not end the others.
const uncaught = [];
process.on("unhandledRejection", (reason) => uncaught.push(String(reason)));
process.on("uncaughtException", (reason) => uncaught.push(String(reason)));

const [casesFile, outcomesFile] = process.argv.slice(2);
const cases = JSON.parse(await readFile(casesFile, "utf8"));
const outcomes = new Array(cases.length);
const left = cases.entries();
const work = async () => {
  for (const [number, one] of left) outcomes[number] = await outcomeOf(one);
};
await Promise.all(Array.from({ length: AT_ONCE }, work));
await writeFile(outcomesFile, JSON.stringify({ outcomes, uncaught }));
