/**
 * The event of an image layer.
 *
 * @module
 */
import { size } from "@normflow/core";
import * as z from "zod/mini";

/** Channels, height, width. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** A shape [C, H, W] in an options schema. */
export const imageEvent: z.ZodMiniType<number[], number[]> = z
  .array(size)
  .check(z.length(3, "expected the shape of an image, [channels, height, width]"));
