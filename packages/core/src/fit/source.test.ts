import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSource } from "./source.ts";

let server: Server;
let url: string;
const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/model") response.end(bytes);
    else if (request.url === "/endless") {
      const more = (): void => void (response.writable && response.write(new Uint8Array(1000), more));
      more();
    } else if (request.url === "/silent") response.flushHeaders();
    else response.writeHead(404).end("no");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("the source of a model", () => {
  it("is bytes, or an address that is fetched", async () => {
    expect(await readSource(bytes, {})).toBe(bytes);
    expect(await readSource(bytes.buffer, {})).toEqual(bytes);
    expect(await readSource(`${url}/model`, {})).toEqual(bytes);
    expect(await readSource(new URL("/model", url), {})).toEqual(bytes);
  });

  it("that gives nothing, or too much, is an error that says what to do", async () => {
    const bad = (source: unknown, code: string) =>
      expect(readSource(source as string, { maxBytes: 10_000 })).rejects.toMatchObject({
        code,
        hint: expect.any(String),
      });
    await bad(`${url}/none`, "model-fetch");
    await bad("file:///model.safetensors", "model-fetch");
    await bad("model.safetensors", "model-fetch");
    await bad(`${url}/endless`, "model-size");
    await bad(undefined, "model-source");
    await bad(7, "model-source");
  });

  it("stops when the signal says so", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const reading = readSource(`${url}/silent`, { signal: controller.signal });
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});
