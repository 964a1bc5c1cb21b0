export { type Abortable, checkpoint, throwIfAborted } from "./abort.ts";
export {
  type Arrays,
  type Backend,
  type CompileOptions,
  type Executable,
  type FloatArray,
  type HostArray,
  hostArray,
  type RunOptions,
} from "./backend.ts";
export { type Bijector, defineLayer, type LayerDefinition, type Mapped, type Traced } from "./bijector/bijector.ts";
export { chain, composed } from "./bijector/chain.ts";
export {
  type Described,
  fromJSON,
  type Kind,
  parseOptions,
  part,
  positive,
  shape,
  size,
  toJSON,
} from "./bijector/described.ts";
export {
  addCosts,
  type Cost,
  completeFacts,
  type Domain,
  type Facts,
  fits,
  invertFacts,
  onePass,
  rootFinding,
  type StatedFacts,
} from "./bijector/facts.ts";
export { invert, inverted } from "./bijector/invert.ts";
export {
  filled,
  isParameter,
  normalInit,
  ones,
  Parameter,
  type Parameters,
  uniformInit,
  values,
  zeros,
} from "./bijector/parameter.ts";
export { type Conditioner, definePart, type Network, type Transformation } from "./bijector/parts.ts";
export {
  flatten,
  type Layout,
  layoutOf,
  type Parametrised,
  type Program,
  type ProgramBody,
  startValues,
  traceProgram,
  unflatten,
} from "./bijector/program.ts";
export * as z from "./bijector/schema.ts";
export { type Changes, type Mode, type NoiseKind, type NoiseSpec, Scope } from "./bijector/scope.ts";
export type { Base } from "./distribution/base.ts";
export { type ConditionalNormalOptions, conditionalNormal } from "./distribution/conditional-normal.ts";
export { diagonalNormal } from "./distribution/diagonal-normal.ts";
export { type Flow, type FlowOptions, flow } from "./distribution/flow.ts";
export { type MixtureOfNormalsOptions, mixtureOfNormals } from "./distribution/mixture-of-normals.ts";
export { type NormalAndCircularOptions, normalAndCircular } from "./distribution/normal-and-circular.ts";
export {
  type StudentTOptions,
  standardCauchy,
  standardGumbel,
  standardLaplace,
  standardLogistic,
  studentT,
} from "./distribution/standard-heavy.ts";
export { standardNormal, standardNormalLogProb } from "./distribution/standard-normal.ts";
export { standardUniform } from "./distribution/standard-uniform.ts";
export {
  AbortError,
  BackendError,
  FlowError,
  type FlowErrorOptions,
  FormatError,
  OptionError,
  ShapeError,
  WorkerError,
} from "./error.ts";
export { type NestedNumbers, type Numbers, rowRange, takeRows, toHostArray } from "./fit/data.ts";
export { type FitData, type FitOptions, fit, type Progress, resolveFitOptions, toRows } from "./fit/fit.ts";
export {
  batchSize,
  type Loss,
  type LossInputs,
  negativeLogLikelihood,
  type ReverseKLOptions,
  reverseKL,
} from "./fit/loss.ts";
export { type CallOptions, Model, type Weights } from "./fit/model.ts";
export { NoiseMaker, type NoiseSource } from "./fit/noise.ts";
export { adamStep, type Moments, type OptimiserOptions, type StepScalars } from "./fit/optimiser.ts";
export { type RowSource, type Rows, randomWindows, rowSource, windowRows } from "./fit/rows.ts";
export { type LoadOptions, load, type Opened, open, save, saveCheckpoint, saveWeights } from "./fit/save.ts";
export { type Schedule, scheduleFactor } from "./fit/schedule.ts";
export type { ModelSource } from "./fit/source.ts";
export { Trainer, type TrainerOptions, type TrainerState } from "./fit/trainer.ts";
export { warmStart } from "./fit/warm-start.ts";
export { gradients, jvp, vjp } from "./grad/gradients.ts";
export { inline, trace } from "./graph/builder.ts";
export { type Graph, type GraphNode, inputSpecs, type NodeOf } from "./graph/graph.ts";
export { hashGraph, printGraph } from "./graph/print.ts";
export {
  addSizes,
  type Bindings,
  bindSizes,
  type Dim,
  elements,
  mulSizes,
  resolveShape,
  resolveSize,
  type Shape,
  type Size,
  sameShape,
  sameSize,
  shapeText,
  subSizes,
  symbol,
} from "./graph/size.ts";
export { Tensor, type TensorLike } from "./graph/tensor.ts";
export {
  type ChainDraws,
  type ChainOptions,
  type HmcOptions,
  hmc,
  type MetropolisOptions,
  metropolis,
} from "./inference/chains.ts";
export { type ConditionalOptions, conditionalSample } from "./inference/conditional.ts";
export { contrastivePosterior } from "./inference/contrastive.ts";
export { type EvidenceBoundOptions, elbo, iwae, type LogJoint } from "./inference/evidence-bounds.ts";
export { type ImportanceWeights, importanceSample, importanceWeights } from "./inference/importance.ts";
export { attributeDirection, interpolateLatents, type Latents, moveAlong, nearestTypical } from "./inference/latent.ts";
export { type LatentTarget, pulledBack, tilted } from "./inference/latent-target.ts";
export { decodeSafetensors, encodeSafetensors, type FileTensor, MODEL_FORMAT } from "./model-file/index.ts";
export * from "./ops/index.ts";
export { joinParts } from "./passes/join-parts.ts";
export { lowerTriangularSolve } from "./passes/lower-triangular-solve.ts";
export { optimise } from "./passes/optimise.ts";
export { type Rewrite, rewriteGraph } from "./passes/rewrite.ts";
export type { CustomBackward, Primitive, PrimitiveParams } from "./primitives/params.ts";
export { bits, foldIn, type Key, key, normal, permutation, randint, uniform } from "./random/index.ts";
export { type ReferenceOptions, reference } from "./reference/backend.ts";
export { gatherInputs, splitOutputs } from "./run.ts";
export { inSlices, Slice } from "./slices.ts";
export { erf as errorFunction } from "./special/index.ts";
export { leaves, mapTree, type Tree } from "./tree.ts";
export * from "./worker/index.ts";
