/**
 * Loops: the body is planned once, what a turn does not change is computed once.
 *
 * @module
 */
import type { Handle } from "../tensorflow.ts";
import { sliceAxis } from "./layout.ts";
import { count, float, type Rule } from "./rule.ts";

const dispose = (values: readonly Handle[]): void => {
  for (const x of values) x.dispose();
};

export const scan: Rule<"scan"> = ({ tf, traits, params, operands, from, to, plan }) => {
  const { body, constants, carry, length, reverse } = params;
  const empty = to.slice(carry).map((shape) => [...shape]);
  if (length === 0)
    return (inputs) => [
      ...inputs.slice(constants, constants + carry).map((x) => tf.clone(x)),
      ...empty.map((shape) => tf.zeros(shape)),
    ];
  const step = plan(body, constants);
  const shapes = from.slice(constants + carry).map((s) => s.slice(1));
  // Where a step is counted, the count comes from the host: what is sliced by it then needs no value of the device.
  const counted = operands.slice(constants + carry).map((t) => t.node.op === "iota");
  const entry = (x: Handle, j: number, i: number): Handle => {
    if (counted[j]) return tf.scalar(i);
    const size = count(shapes[j]!);
    if (size === 0) return tf.zeros([...shapes[j]!]);
    return tf.reshape(sliceAxis(tf, traits, tf.reshape(x, [length, size]), 0, i, 1), [...shapes[j]!]);
  };
  return (inputs) =>
    tf.tidy(() => {
      const sequences = inputs.slice(constants + carry);
      const held = step.hold(inputs.slice(0, constants));
      try {
        let state: readonly Handle[] = inputs.slice(constants, constants + carry);
        const results = empty.map(() => new Array<Handle>(length));
        for (let k = 0; k < length; k++) {
          const i = reverse ? length - 1 - k : k;
          const outputs = tf.tidy(() => [
            ...step.run(held, [...state, ...sequences.map((x, j) => entry(float(tf, x), j, i))]),
          ]);
          if (k > 0) dispose(state);
          state = outputs.slice(0, carry);
          results.forEach((r, j) => void (r[i] = outputs[carry + j]!));
        }
        const stacked = results.map((r, j) => {
          const y = empty[j]!.includes(0) ? tf.zeros(empty[j]!) : tf.stack(r.map((x) => float(tf, x)));
          dispose(r);
          return y;
        });
        return [...state, ...stacked];
      } finally {
        step.release(held);
      }
    });
};

/** The condition is read on the host at each turn. */
export const loop: Rule<"loop"> = ({ tf, params: { condition, body, constants, limit }, plan }) => {
  const [test, step] = [plan(condition, constants), plan(body, constants)];
  return (inputs) =>
    tf.tidy(() => {
      const fixed = inputs.slice(0, constants);
      const [asked, moved] = [test.hold(fixed), step.hold(fixed)];
      try {
        let state: readonly Handle[] = inputs.slice(constants).map((x) => tf.clone(x));
        for (let k = 0; k < limit; k++) {
          const holds = tf.tidy(() => [...test.run(asked, state)]);
          const goesOn = holds[0]!.dataSync()[0] !== 0;
          dispose(holds);
          if (!goesOn) break;
          const next = tf.tidy(() => [...step.run(moved, state)]);
          dispose(state);
          state = next;
        }
        return [...state];
      } finally {
        test.release(asked);
        step.release(moved);
      }
    });
};

export const customVjp: Rule<"customVjp"> = ({ params: { body }, plan }) => {
  const inner = plan(body, 0);
  return (inputs) => {
    const held = inner.hold([]);
    try {
      return inner.run(held, inputs);
    } finally {
      inner.release(held);
    }
  };
};
