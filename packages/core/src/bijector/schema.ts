/**
 * Schemas of options: what a description's options may be, checked where they come from outside.
 *
 * A dozen words of zod's, in a tenth of its bytes, and each schema can say in words what it expects: an error names the
 * option and what would have been right, and a help text is made of the same words.
 *
 * @module
 */

/** Refuses a value; the path leads to it from where the reading began. */
export type Refuse = (message: string, path?: readonly (string | number)[]) => never;

/** What a value of type T must be. */
export interface Schema<T> {
  /** What is expected, in words that follow "expected": `a positive whole number`. */
  readonly expected: string;
  /** Of an object, what each of its options must be. */
  readonly fields?: Readonly<Record<string, Schema<unknown>>>;
  /** Of a list, what each entry must be. */
  readonly item?: Schema<unknown>;
  /** Whether a value may be left out. */
  readonly optional?: boolean;
  /** A checked copy of a value. */
  read(value: unknown, refuse: Refuse): T;
  /** The same schema, with more to heed. */
  check(...checks: readonly Check<T>[]): Schema<T>;
}

/** A schema whose value may be left out. */
export interface Optional<T> extends Schema<T | undefined> {
  readonly optional: true;
}

/** One more thing that a value must be. */
export interface Check<T> {
  /** Whether a value is that. */
  test(value: T): boolean;
  /** What it adds to what is expected; without it, `message` says what was wrong. */
  readonly expected?: string;
  readonly message?: string;
}

/** The type that a schema checks. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema<never> | Schema<unknown>>>;
type OptionalKeys<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F];
type ObjectOf<F> = { [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  [K in OptionalKeys<F>]?: Infer<F[K]>;
} extends infer O
  ? { [K in keyof O]: O[K] }
  : never;

function schema<T>(
  expected: string,
  read: (value: unknown, refuse: (message?: string, path?: readonly (string | number)[]) => never) => T,
  more: Pick<Schema<T>, "fields" | "item" | "optional"> = {},
): Schema<T> {
  return {
    ...more,
    expected,
    read: (value, refuse) => read(value, (message = `expected ${expected}`, path) => refuse(message, path)),
    check: (...checks) => {
      const words = [expected, ...checks.flatMap((c) => c.expected ?? [])].join(", ");
      return schema(
        words,
        (value, refuse) => {
          const out = read(value, refuse);
          for (const { test, message } of checks) if (!test(out)) refuse(message);
          return out;
        },
        more,
      );
    },
  };
}

/** Anything that passes a test; the words say what is expected. */
export const custom = <T>(test: (value: unknown) => boolean, expected: string): Schema<T> =>
  schema(expected, (value, refuse) => (test(value) ? (value as T) : refuse()));

/** A finite number. */
export const number = (): Schema<number> => custom(Number.isFinite, "a finite number");
/** A whole number that is exact. */
export const int = (): Schema<number> => custom(Number.isSafeInteger, "a whole number");
/** True or false. */
export const boolean = (): Schema<boolean> => custom((v) => typeof v === "boolean", "true or false");
/** A text. */
export const string = (): Schema<string> => custom((v) => typeof v === "string", "a text");
/** One of some texts. */
const oneOf = <const T extends string>(values: readonly T[]): Schema<T> =>
  custom((v) => values.includes(v as T), `one of ${values.join(", ")}`);

/** A list whose entries are alike. */
export const array = <T>(item: Schema<T>): Schema<T[]> =>
  schema(
    `a list, each entry ${item.expected}`,
    (value, refuse) =>
      Array.isArray(value)
        ? value.map((v, i) => item.read(v, (message, path = []) => refuse(message, [i, ...path])))
        : refuse(),
    { item },
  );

/** One value or a list of such. */
export const oneOrMany = <T>(item: Schema<T>): Schema<T | T[]> => {
  const many = array(item);
  return schema<T | T[]>(`${item.expected}, or a list of such`, (value, refuse) =>
    (Array.isArray(value) ? many : item).read(value, refuse),
  );
};

/** What may be left out. */
export const optional = <T>(inner: Schema<T>): Optional<T> =>
  schema<T | undefined>(
    inner.expected,
    (value, refuse) => (value === undefined ? undefined : inner.read(value, refuse)),
    { ...(inner.fields && { fields: inner.fields }), ...(inner.item && { item: inner.item }), optional: true },
  ) as Optional<T>;

/** Options by name, and none besides. */
export const object = <F extends Fields>(fields: F): Schema<ObjectOf<F>> =>
  schema(
    `{ ${Object.keys(fields).join(", ")} }`,
    (value, refuse) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse();
      const given = value as Record<string, unknown>;
      const other = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
      if (other !== undefined) refuse(`there is no such option, there are: ${Object.keys(fields).join(", ")}`, [other]);
      const out: Record<string, unknown> = {};
      for (const [name, field] of Object.entries(fields)) {
        const read = field.read(given[name], (message, path = []) => refuse(message, [name, ...path]));
        if (Object.hasOwn(given, name)) out[name] = read;
      }
      return out as ObjectOf<F>;
    },
    { fields: fields as Readonly<Record<string, Schema<unknown>>> },
  );

/** At least `least`. */
export const gte = (least: number): Check<number> => ({ test: (v) => v >= least, expected: `at least ${least}` });
/** At most `most`. */
export const lte = (most: number): Check<number> => ({ test: (v) => v <= most, expected: `at most ${most}` });
/** Above `bound`. */
export const gt = (bound: number): Check<number> => ({ test: (v) => v > bound, expected: `above ${bound}` });
/** Below `bound`. */
export const lt = (bound: number): Check<number> => ({ test: (v) => v < bound, expected: `below ${bound}` });
/** Whatever a test says; the message says what is wrong otherwise. */
export const refine = <T>(test: (value: T) => boolean, message: string): Check<T> => ({ test, message });

export type { Infer as infer };
export { oneOf as enum };
