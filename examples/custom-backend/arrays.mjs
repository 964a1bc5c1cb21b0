// Arrays as a shape and its entries row by row, and how to walk through them.
export const count = (shape) => shape.reduce((a, b) => a * b, 1);
export const array = (shape, fill) => ({ shape, data: Float64Array.from({ length: count(shape) }, (_, i) => fill(i)) });

/** Steps by which each axis moves in memory, the last axes aligned; an axis of one entry repeats. */
export function strides(shape, rank = shape.length) {
  const steps = new Array(rank).fill(0);
  for (let i = shape.length - 1, step = 1; i >= 0; step *= shape[i--])
    if (shape[i] > 1) steps[rank - shape.length + i] = step;
  return steps;
}

/** For each entry of `shape`, the place that `steps` lead to. */
export function* places(shape, steps, start = 0) {
  const index = shape.map(() => 0);
  for (let n = count(shape), at = start; n > 0; n--) {
    yield at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis];
      if (++index[axis] < shape[axis]) break;
      at -= steps[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** The entries of an array by steps of one's own. */
export function moved(x, shape, steps, start = 0) {
  const at = places(shape, steps, start);
  return array(shape, () => x.data[at.next().value]);
}

export const repeated = (x, shape) => moved(x, shape, strides(x.shape, shape.length));

/** The shape that shapes share by repetition. */
export function shared(shapes) {
  const rank = Math.max(...shapes.map((s) => s.length));
  const axis = (i) => shapes.map((s) => s[i - rank + s.length] ?? 1).reduce((a, b) => (a === 1 ? b : a));
  return Array.from({ length: rank }, (_, i) => axis(i));
}
