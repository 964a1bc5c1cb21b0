/** TensorFlow.js with its WebGL backend, where this checkout has the package that needs it; the bundler writes it. */
declare module "virtual:tfjs" {
  export const open: ((device: string) => Promise<import("@normflow/core").Backend>) | undefined;
}
