export { decodeModelFile, encodeModelFile, MODEL_FORMAT, type ModelDocument, type ModelFile } from "./model-file.ts";
export { decodeSafetensors, encodeSafetensors, type FileTensor, type FileType } from "./safetensors.ts";
