// What the files of this folder ask with: a key for each client, the question, the tools and what they answer.
// The base URLs come from the environment, as every SDK reads it.

import assert from "node:assert/strict";

let keys = 0;

/** A key of its own, and so attempts and stored conversations of its own. */
export const freshKey = () => `sk-node-${process.pid}-${++keys}`;

export const TEXT = "Grüße, 世界! 👋 Done.";

export const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

/** What the tools of the scenarios answer. */
export const weather = () => ({ temp_c: 18 });
export const time = () => ({ time: "12:30" });

/** Everything an async iterable yields. */
export const all = (iterable) => Array.fromAsync(iterable);

/** The error that a promise is rejected with. */
export async function refusalOf(promise) {
  const answer = await promise.catch((error) => error);
  assert(answer instanceof Error, `it was not refused: ${JSON.stringify(answer)}`);
  return answer;
}

/** From now on until the test ends, for clients made from now on: a function that tells their requests. */
export function watchRequests(t) {
  const fetched = t.mock.method(globalThis, "fetch");
  return () => fetched.mock.calls.map(({ arguments: [url, init] }) => ({ url: String(url), ...init }));
}
