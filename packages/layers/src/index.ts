/**
 * Flow layers, the parts they are made of, and flows put together from them.
 *
 * @module
 */
export { type FlowMatchingOptions, flowMatching } from "./continuous/flow-matching.ts";
export { normalQuantile } from "./elementwise/normal-cdf.ts";
export * from "./kinds.ts";
export { randomPermutation, reversed } from "./linear/permute.ts";
export type { Activation } from "./network/activation.ts";
export { type FfjordOptions, ffjord } from "./recipe/ffjord.ts";
export { type FlowPlusPlusOptions, flowPlusPlus } from "./recipe/flow-plus-plus.ts";
export { type GlowOptions, glow } from "./recipe/glow.ts";
export { type AutoregressiveStackOptions, iaf, type MafOptions, maf } from "./recipe/maf.ts";
export { type NafOptions, naf } from "./recipe/naf.ts";
export { type NsfOptions, nsf } from "./recipe/nsf.ts";
export { noted, type OptionNote, optionNotes } from "./recipe/option-notes.ts";
export { type PlanarFlowOptions, planarFlow } from "./recipe/planar-flow.ts";
export { type RealNVPOptions, realNVP } from "./recipe/real-nvp.ts";
export { type FfjordRecipeOptions, imageRecipes, type Recipe, recipes } from "./recipe/recipes.ts";
export { type ResidualFlowOptions, residualFlow } from "./recipe/residual-flow.ts";
export { featureLogProbs, type SubsetFlowOptions, subsetFlow } from "./recipe/subset-flow.ts";
export { type SylvesterOptions, sylvester } from "./recipe/sylvester.ts";
export { type TableColumns, type TabularOptions, tabular } from "./recipe/tabular.ts";
export { type TarFlowOptions, tarFlow } from "./recipe/tar-flow.ts";
export type { ContractiveActivation } from "./residual/lipschitz-mlp.ts";
export { planarDirection } from "./residual/planar.ts";
export { radialShape } from "./residual/radial.ts";
export { bracketedRoot, type RootSearch } from "./root/bracketed-root.ts";
export { CELL_END, NO_CLASS } from "./transformation/histogram-cdf.ts";
export { invertTransformation } from "./transformation/invert-transformation.ts";
