import { attributeDirection, moveAlong } from "@normflow/core";
import { expect, it } from "vitest";
import { fromEvent, onsets } from "../grid/grid.ts";
import { shippedModel } from "../testing/shipped.ts";

it("melodies get more and fewer notes along the direction that core finds from labels, as images do", async () => {
  const model = await shippedModel();
  const melodies = await model.sample(400, { seed: 3 });
  const notes = (events: readonly ArrayLike<number>[]): number =>
    events.reduce((n, event) => n + onsets(fromEvent(event)), 0) / events.length;
  const latents = await model.encode(melodies);
  const labels = melodies.map((event) => onsets(fromEvent(event)) > 12);
  const direction = attributeDirection(latents, labels, false, true);
  const [fewer, same, more] = await Promise.all(
    [-1.5, 0, 1.5].map(async (amount) =>
      notes(await model.decode(moveAlong(latents.slice(0, 100), direction, amount))),
    ),
  );
  expect(same).toBeCloseTo(notes(melodies.slice(0, 100)), 6);
  expect(more).toBeGreaterThan(same! + 1);
  expect(fewer).toBeLessThan(same! - 1);
  await model.dispose();
});
