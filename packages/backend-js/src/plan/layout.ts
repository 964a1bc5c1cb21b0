/**
 * Lays storages into a block: memory is used again after a value's last use, or taken over in place.
 *
 * @module
 */
import type { CarriedState, Instruction, Scope } from "./scope.ts";
import type { Storage } from "./view.ts";

/** Entries between starts: 16 bytes. */
const ALIGN = 4;

interface Interval {
  readonly offset: number;
  readonly end: number;
}

/** Where each storage is read last; the number of instructions stands for the end. */
function lastReads(instructions: readonly Instruction[], outputs: readonly Storage[]): Map<Storage, number> {
  const last = new Map<Storage, number>();
  instructions.forEach(({ reads, writes }, i) => {
    for (const s of writes) last.set(s.root, i);
    for (const s of reads) last.set(s.root, i);
  });
  for (const s of outputs) last.set(s.root, instructions.length);
  return last;
}

/** Lets results take over the memory of operands that die where they are made. */
function takeOver(scope: Scope, states: readonly CarriedState[], last: Map<Storage, number>): void {
  scope.instructions.forEach(({ mayTake = [] }, i) => {
    for (const [written, dying] of mayTake) {
      const root = dying.root;
      if (written.root !== written || written.size !== root.size || last.get(root) !== i) continue;
      const state = states.find((s) => s.storage === root);
      if (!state && (root.scope !== scope || root.external)) continue;
      // A result that is the next value of another state must not lie in this one, which is written at the end.
      const isNext = state?.next === written && state.inPlace;
      if (state && !isNext && states.some((s) => s.next === written)) continue;
      written.takeOver(root);
      last.set(root, Math.max(i, last.get(written) ?? i));
    }
  });
}

/** Gives each storage of a scope an offset, by first fit; returns the size of the block. */
export function layOut(
  scope: Scope,
  entry: readonly Storage[],
  outputs: readonly Storage[],
  states: readonly CarriedState[],
): number {
  const { instructions, persistent } = scope;
  const last = lastReads(instructions, outputs);
  if (!persistent) takeOver(scope, states, last);
  let size = 0;
  const live: Interval[] = [];
  const releases: Interval[][] = instructions.map(() => []);
  const place = (s: Storage, until: number): void => {
    if (s.root !== s || s.scope !== scope || s.external || s.offset >= 0) return;
    let at = 0;
    let i = 0;
    for (; i < live.length && live[i]!.offset < at + s.size; i++) at = live[i]!.end;
    const interval = { offset: at, end: at + Math.ceil(s.size / ALIGN) * ALIGN };
    s.offset = at;
    size = Math.max(size, interval.end);
    if (interval.end === at) return;
    live.splice(i, 0, interval);
    if (!persistent && until < instructions.length) releases[until]!.push(interval);
  };
  for (const s of entry) {
    // Entries are there before the first instruction; one that nothing reads still needs its place.
    place(s, last.get(s.root) ?? 0);
  }
  instructions.forEach(({ writes, scratch = [] }, i) => {
    for (const s of writes) place(s, last.get(s) ?? i);
    for (const s of scratch) place(s, i);
    for (const done of releases[i]!) live.splice(live.indexOf(done), 1);
  });
  return size;
}
