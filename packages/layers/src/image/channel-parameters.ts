/**
 * From a network's channels to the parameters of scalar maps.
 *
 * @module
 */
import { leading, reshape, ShapeError, shapeText, type Tensor, transpose } from "@normflow/core";

/**
 * [..., parameters·channels, H, W] → [..., channels, H, W, parameters]; the channels of one parameter lie together.
 *
 * @throws {ShapeError} under `code` where the network gave another number of channels
 */
export function channelParameters(
  theta: Tensor,
  channels: number,
  parameters: number,
  told: { readonly code: string; readonly layer: string; readonly network: string; readonly map: string },
): Tensor {
  const batch = leading(theta.shape, 3);
  const [given, h, w] = theta.shape.slice(-3) as number[];
  const due = channels * parameters;
  if (given !== due)
    throw new ShapeError(
      told.code,
      `${told.layer}: ${told.network} returned ${shapeText(theta.shape)} where ${channels} channels with ${parameters} parameters each (${told.map}) want ${shapeText([...batch, due, h!, w!])}.`,
      { hint: `Give the network out: ${due}.` },
    );
  const apart = reshape(theta, [...batch, parameters, channels, h!, w!]);
  const axes = [...batch.keys()];
  return transpose(apart, [...axes, ...[1, 2, 3, 0].map((i) => batch.length + i)]);
}
