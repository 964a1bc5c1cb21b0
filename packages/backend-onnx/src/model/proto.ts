/**
 * The messages of the ONNX format that a lowered graph needs, built from plain values.
 *
 * @module
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { axisName, isDynamic } from "../lowering/dynamic.ts";

/** Opset 22 gave new versions to operators that the GPU providers still register under the old ones. */
const OPSET = 21n;
const IR_VERSION = 10n;
/** The domain of ONNX Runtime's own operators. */
export const MICROSOFT = "com.microsoft";

/** Element types that a lowered graph uses. */
export type ElementType = "float" | "bool" | "int64";

const dataTypes = { float: DataType.FLOAT, bool: DataType.BOOL, int64: DataType.INT64 } as const;
const byteSizes = { float: 4, bool: 1, int64: 8 } as const;

/** The code of an element type, as `Cast` takes it. */
export const dataTypeCode = (type: ElementType): number => dataTypes[type];

/** An attribute of a node, tagged by its type. */
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
  | { readonly graph: GraphProto };

function attribute(name: string, value: Attribute): AttributeProto {
  if ("int" in value) return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value.int) });
  if ("float" in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("text" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.text) });
  if ("ints" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.ints.map((v) => BigInt(v)) });
  return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: value.graph });
}

/** One application of an operator. */
export function nodeProto(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, Attribute>>,
  domain: string,
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    domain,
    name: `${opType}:${output[0]}`,
    input: [...input],
    output: [...output],
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  });
}

/** Literal values, little-endian whatever the host is. */
export function tensorProto(
  name: string,
  type: ElementType,
  data: ArrayLike<number>,
  shape: readonly number[],
): TensorProto {
  const rawData = new Uint8Array(data.length * byteSizes[type]);
  const view = new DataView(rawData.buffer);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (type === "float") view.setFloat32(4 * i, value, true);
    else if (type === "int64") view.setBigInt64(8 * i, BigInt(Math.trunc(value)), true);
    else view.setUint8(i, value === 0 ? 0 : 1);
  }
  return create(TensorProtoSchema, { name, dataType: dataTypes[type], dims: shape.map((d) => BigInt(d)), rawData });
}

/** The type and shape of an input or output; a size that is open has a name. */
export function valueInfo(name: string, type: ElementType, shape: readonly number[], openSize: string): ValueInfoProto {
  const dim = shape.map((d) =>
    create(TensorShapeProto_DimensionSchema, {
      value: isDynamic(d) ? { case: "dimParam", value: axisName(d, openSize) } : { case: "dimValue", value: BigInt(d) },
    }),
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: "tensorType",
        value: create(TypeProto_TensorSchema, {
          elemType: dataTypes[type],
          shape: create(TensorShapeProtoSchema, { dim }),
        }),
      },
    }),
  });
}

/** A graph of its parts. */
export const graphProto = (parts: {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
}): GraphProto =>
  create(GraphProtoSchema, {
    name: parts.name,
    node: [...parts.nodes],
    initializer: [...parts.initializers],
    input: [...parts.inputs],
    output: [...parts.outputs],
  });

/** What a model says of itself. */
export interface ModelNotes {
  /** A text for people. */
  readonly doc: string;
  /** Texts by name, for programs. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whether a node of the graph, or of a graph within it, is an operator of ONNX Runtime's own. */
const usesMicrosoft = (graph: GraphProto): boolean =>
  graph.node.some((n) => n.domain === MICROSOFT || n.attribute.some(({ g }) => g && usesMicrosoft(g)));

/** The bytes of a model that holds one graph. */
export function modelBytes(graph: GraphProto, notes?: ModelNotes): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "normflow",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: OPSET }),
      ...(usesMicrosoft(graph) ? [create(OperatorSetIdProtoSchema, { domain: MICROSOFT, version: 1n })] : []),
    ],
    graph,
    docString: notes?.doc ?? "",
    metadataProps: Object.entries(notes?.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
  });
  return toBinary(ModelProtoSchema, model);
}

/** Gives values other names, inner graphs included. */
export function renameValues(nodes: readonly NodeProto[], names: ReadonlyMap<string, string>): void {
  const renamed = (name: string): string => names.get(name) ?? name;
  for (const node of nodes) {
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
    for (const { g } of node.attribute) {
      if (!g) continue;
      renameValues(g.node, names);
      for (const info of [...g.input, ...g.output]) info.name = renamed(info.name);
    }
  }
}
