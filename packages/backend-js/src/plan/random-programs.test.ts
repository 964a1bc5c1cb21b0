import { reference } from "@normflow/core";
import { describe, expect, it } from "vitest";
import { js } from "../index.ts";
import { numbers } from "../testing/numbers.ts";
import { randomProgram } from "../testing/random-program.ts";

const PROGRAMS = 300;

describe("random programs of views, loops and values taken over in place", () => {
  it(`agree with the reference, ${PROGRAMS} of ${PROGRAMS}, also when run again`, async () => {
    const backend = js();
    for (let seed = 0; seed < PROGRAMS; seed++) {
      const graph = randomProgram(seed);
      const ours = await backend.compile(graph);
      const oracle = await reference().compile(graph);
      for (const turn of [0, 1]) {
        const array = (k: number) => ({ data: numbers(24, 7 * seed + 3 * turn + k, -1.5, 1.5), shape: [4, 6] });
        const inputs = { x: array(0), y: array(1) };
        const [actual, expected] = [await ours.run(inputs), await oracle.run(inputs)];
        for (const [name, { data, shape }] of Object.entries(expected)) {
          expect(actual[name]!.shape).toEqual(shape);
          data.forEach((e, i) => {
            const a = actual[name]!.data[i]!;
            const near = Math.abs(a - e) <= 1e-3 * (1 + Math.abs(e)) || Object.is(a, e);
            if (!near) expect.fail(`program ${seed}, run ${turn}: ${name}[${i}] is ${a} where ${e} is expected`);
          });
        }
      }
      await ours.dispose();
    }
  });
});
