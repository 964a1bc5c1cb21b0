export * from "./control.ts";
export * from "./elementwise.ts";
export * from "./layout.ts";
export * from "./reduce.ts";
export * from "./scan-steps.ts";
