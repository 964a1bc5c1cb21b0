import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { project } from "../../vitest.base.ts";

// Chromium brings a Vulkan driver that computes on the CPU: with it WebGPU is tested where there is no GPU. The loader of
// the tests' processes reads these variables when they start.
const chromium = "/usr/lib/chromium";
if (existsSync(join(chromium, "vk_swiftshader_icd.json"))) {
  process.env.VK_ICD_FILENAMES ??= join(chromium, "vk_swiftshader_icd.json");
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), "normflow-"));
  process.env.LD_LIBRARY_PATH = [process.env.LD_LIBRARY_PATH, chromium].filter(Boolean).join(":");
}

export default project("@normflow/backend-onnx");
