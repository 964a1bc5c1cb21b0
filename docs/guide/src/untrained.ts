import { type Backend, type Flow, key, layoutOf, Model, startValues } from "@normflow/core";

/** A model as its description starts it. */
export function untrained(flow: Flow, backend: Backend, seed = 0): Model {
  const [params, state] = [flow.params, flow.state].map((tree, i) => startValues(layoutOf(tree), key(seed + i)));
  return new Model(flow, { params: params!, state: state! }, backend);
}
