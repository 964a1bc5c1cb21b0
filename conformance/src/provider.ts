/**
 * A provider: one backend on one device, in Node or in a page.
 *
 * @module
 */
import { type Backend, FlowError } from "@normflow/core";

/** What the suite runs on. */
export interface Provider {
  /** Short and unique: `onnx-cpu`. */
  readonly id: string;
  /** The package and what it runs on, for the head of a column. */
  readonly title: string;
  /** Takes minutes where there is no GPU: `npm test` leaves it to `npm run conformance`. */
  readonly slow?: true;
  /** Opens it. @throws {FlowError} where it does not run here, with the remedy as its hint */
  open(): Promise<Backend>;
}

/** The error of a package that this checkout does not have. */
export const absent = (name: string): FlowError =>
  new FlowError("package-absent", `There is no package ${name} in this checkout.`);
