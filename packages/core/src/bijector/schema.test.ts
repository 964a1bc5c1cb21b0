import { describe, expect, test } from "vitest";
import { parseOptions } from "./described.ts";
import * as z from "./schema.ts";

const schema = z.object({
  width: z.int().check(z.gte(1), z.lte(8)),
  rates: z.array(z.number().check(z.gt(0), z.lt(1))),
  name: z.optional(z.enum(["one", "two"])),
  nested: z.optional(z.object({ on: z.boolean(), text: z.string() })),
});
const read = (options: unknown) => () => parseOptions("thing", schema, options);

describe("a schema of options", () => {
  test("gives a copy of what it names", () => {
    const given = { width: 3, rates: [0.5], nested: { on: true, text: "x" } };
    const options = parseOptions("thing", schema, given);
    expect(options).toEqual(given);
    expect(options.rates).not.toBe(given.rates);
    expect(Object.keys(parseOptions("thing", schema, { width: 1, rates: [] }))).toEqual(["width", "rates"]);
  });

  test.each([
    [undefined, "thing: the options: expected { width, rates, name, nested }."],
    [[], "thing: the options: expected { width, rates, name, nested }."],
    [{}, "thing: option width: expected a whole number, at least 1, at most 8."],
    [{ width: 9, rates: [] }, "thing: option width: expected a whole number, at least 1, at most 8."],
    [{ width: 1.5, rates: [] }, "thing: option width: expected a whole number, at least 1, at most 8."],
    [{ width: 1, rates: 2 }, "thing: option rates: expected a list, each entry a finite number, above 0, below 1."],
    [{ width: 1, rates: [0.5, 1] }, "thing: option rates.1: expected a finite number, above 0, below 1."],
    [{ width: 1, rates: [Number.NaN] }, "thing: option rates.0: expected a finite number, above 0, below 1."],
    [{ width: 1, rates: [], name: "three" }, "thing: option name: expected one of one, two."],
    [{ width: 1, rates: [], nested: { on: 1, text: "" } }, "thing: option nested.on: expected true or false."],
    [{ width: 1, rates: [], nested: { on: true, text: 0 } }, "thing: option nested.text: expected a text."],
    [
      { width: 1, rates: [], with: 2 },
      "thing: option with: there is no such option, there are: width, rates, name, nested.",
    ],
  ])("refuses %j in words", (options, message) => {
    expect(read(options)).toThrow(expect.objectContaining({ code: "layer-options", message }));
    expect(read(options)).toThrow(
      expect.objectContaining({ hint: "The options of thing are { width, rates, name, nested }." }),
    );
  });

  test("heeds what options must be together, in the words given", () => {
    const even = z.object({ a: z.int(), b: z.int() }).check(z.refine((o) => o.a < o.b, "a is below b"));
    expect(parseOptions("pair", even, { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
    expect(() => parseOptions("pair", even, { a: 2, b: 2 })).toThrow("pair: the options: a is below b.");
    expect(() => parseOptions("pair", even, { a: "2", b: 2 })).toThrow("pair: option a: expected a whole number.");
  });

  test("takes no option from a prototype, and sets none", () => {
    const hostile = JSON.parse('{"width":1,"rates":[],"__proto__":{"name":"two"}}');
    expect(read(hostile)).toThrow("there is no such option");
    expect(Object.keys(parseOptions("thing", schema, Object.create({ width: 1, rates: [] })))).toEqual([]);
  });
});
