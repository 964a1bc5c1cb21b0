/**
 * Chooses a backend of TensorFlow.js for a while: its engine is one for the whole process, and others may use it.
 *
 * @module
 */
import type { TensorFlow } from "../tensorflow.ts";

/** Runs `body` with a backend of TensorFlow.js chosen, then chooses again what was chosen before. */
export function chosen<T>(tf: TensorFlow, backend: string, body: () => T): T {
  const before = tf.getBackend();
  if (before === backend) return body();
  // A backend that has started is chosen before the promise comes back.
  void tf.setBackend(backend);
  try {
    return body();
  } finally {
    if (before) void tf.setBackend(before);
  }
}
