export { BackendError, FlowError, type FlowErrorOptions, FormatError, OptionError, ShapeError } from "./error.ts";
