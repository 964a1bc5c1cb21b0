import { describe, expect, it } from "vitest";
import { Arena, type CarriedState, type Instruction, Scope } from "./scope.ts";
import { Storage } from "./view.ts";

const instruction = (reads: Storage[], write: Storage, taken: Storage[] = []): Instruction => ({
  reads,
  writes: [write],
  mayTake: taken.map((s) => [write, s] as const),
  bind: () => () => {},
});

const setUp = (count: number) => {
  const scope = new Scope(new Arena(), "run", 2);
  return { scope, storages: Array.from({ length: count }, () => new Storage(8, scope)) };
};

describe("layOut", () => {
  it("uses memory again after a last use", () => {
    const { scope, storages } = setUp(5);
    const [x, a, b, c, d] = storages as [Storage, Storage, Storage, Storage, Storage];
    scope.instructions.push(instruction([x], a), instruction([a], b), instruction([b], c), instruction([c], d));
    scope.layOut([x], [d], []);
    expect(scope.size).toBe(16);
    expect(storages.map((s) => s.offset)).toEqual([0, 8, 0, 8, 0]);
  });

  it("takes over operands that die, and no others", () => {
    const { scope, storages } = setUp(4);
    const [x, a, b, c] = storages as [Storage, Storage, Storage, Storage];
    scope.instructions.push(instruction([x], a, [x]), instruction([a], b, [a]), instruction([a, b], c, [b]));
    scope.layOut([x], [c], []);
    expect([a.root === x, b.root === b, c.root === b]).toEqual([true, true, true]);
  });

  it("makes a state's next value in its memory, but not another's", () => {
    for (const crossed of [false, true]) {
      const outer = new Scope(new Arena(), "run", 2);
      const turn = new Scope(outer.arena, "turn", 3);
      const [s, t] = [new Storage(8, outer), new Storage(8, outer)];
      const [a, b] = [new Storage(8, turn), new Storage(8, turn)];
      turn.instructions.push(instruction([s], a, [s]), instruction([t], b, [t]));
      const states: CarriedState[] = [
        { storage: s, next: crossed ? b : a, inPlace: true },
        { storage: t, next: crossed ? a : b, inPlace: true },
      ];
      turn.layOut([], [a, b], states);
      expect([a.root === s, b.root === t]).toEqual([!crossed, !crossed]);
    }
  });
});
