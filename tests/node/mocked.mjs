// mocked.mjs: starts the server, and gives each test a key of its own.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";

const flags = ["--port", "0", "--no-builtin", "--unmatched", "error", "--log-format", "json"];
const server = spawn("mockserver", flags, { stdio: ["ignore", "pipe", "inherit"] });
after(() => server.kill());
const [line] = await once(createInterface(server.stdout), "line"); // it serves once it has told where
export const { url } = JSON.parse(line);

/** What one test has for itself: with the key come its own scenarios, settings and requests. */
export function mockOf(t) {
  const key = `test-${randomUUID()}`;
  const control = async (method, page, body) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/_mock/${page}`, { method, headers, body });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error.message);
    return told;
  };
  t.after(() => control("GET", "verify")); // fails the test if anything did not go as scripted
  return {
    key,
    script: (yaml) => control("POST", "scenarios", yaml),
    set: (settings) => control("PUT", "settings", JSON.stringify(settings)),
    requests: async () => (await control("GET", "requests")).requests,
  };
}
