import { describe, expect, it } from "vitest";
import { named, nearest } from "./names.ts";

const names = ["maf", "naf", "realNVP", "residualFlow", "planarFlow"];

describe("names", () => {
  it("are found in any letter case, one's own first", () => {
    expect(named(names, "RESIDUALFLOW")).toBe("residualFlow");
    expect(named(["a", "A"], "A")).toBe("A");
    expect(named(names, "flow")).toBeUndefined();
  });

  it("that are unknown are answered with the nearest ones, or with all", () => {
    expect(nearest(names, "RealNPV")).toBe('Did you mean "realNVP"?');
    expect(nearest(names, "xaf")).toBe('Did you mean "maf" or "naf"?');
    expect(nearest(names, "residual")).toBe('Did you mean "residualFlow"?');
    expect(nearest(["epochs", "seed"], "epoch")).toBe('Did you mean "epochs"?');
    expect(nearest(names, "glow")).toBe("Known are maf, naf, realNVP, residualFlow, planarFlow.");
  });
});
