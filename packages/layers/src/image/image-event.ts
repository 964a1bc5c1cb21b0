/**
 * The event of an image layer.
 *
 * @module
 */
import { size, z } from "@normflow/core";

/** Channels, height, width. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** A shape [C, H, W] in an options schema. */
export const imageEvent: z.Schema<number[]> = z
  .array(size)
  .check(z.refine((s: number[]) => s.length === 3, "expected the shape of an image, [channels, height, width]"));
