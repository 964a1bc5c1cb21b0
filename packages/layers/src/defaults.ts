/**
 * Options with values of their own where the caller gives none.
 *
 * @module
 */
import type { Described, Kind } from "@normflow/core";

/** Options of which some may be left out. */
export type WithDefaults<O, K extends keyof O> = Omit<O, K> & { readonly [P in K]?: O[P] | undefined };

/** A factory that may be called without options where all of them have defaults. */
export type DefaultedKind<O, T extends Described> = ((
  ...given: Record<never, never> extends O ? [options?: O] : [options: O]
) => T) &
  Kind<T>;

/** A factory that fills in defaults; the description records them, so a file does not change its meaning when they do. */
export function withDefaults<O extends object, K extends keyof O, T extends Described>(
  make: ((options: O) => T) & Kind<T>,
  defaults: Pick<O, K>,
): DefaultedKind<WithDefaults<O, K>, T> {
  const filled = (given: object = {}): T => {
    const stated = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    return make({ ...defaults, ...stated } as O);
  };
  return Object.assign(filled, { kind: make.kind }) as DefaultedKind<WithDefaults<O, K>, T>;
}
