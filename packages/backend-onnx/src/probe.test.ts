import { describe, expect, it } from "vitest";
import { onnx, probeDevices } from "./index.ts";

describe("probeDevices", () => {
  it("says of each device that it runs, or why not and what to do", async () => {
    const reports = await probeDevices();
    expect(reports.map((r) => r.device)).toEqual(["cpu", "cuda", "webgpu"]);
    expect(reports[0]).toEqual({ name: "onnx", device: "cpu", ok: true });
    for (const report of reports.filter((r) => !r.ok)) {
      expect(report.reason).toBeTruthy();
      expect(report.remedy).toMatch(/\.$/);
    }
  });

  it("is what a device asked for by name answers with", async () => {
    for (const { device, ok } of await probeDevices()) {
      if (ok) await (await onnx({ device })).dispose();
      else
        await expect(onnx({ device })).rejects.toMatchObject({
          name: "BackendError",
          code: "device-unavailable",
          hint: expect.stringMatching(/\.$/),
        });
    }
  });

  it("leaves automatic choice with a device that runs", async () => {
    const backend = await onnx({ device: "auto" });
    expect(["cuda", "cpu"]).toContain(backend.device);
    await backend.dispose();
  });
});
