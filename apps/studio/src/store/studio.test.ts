import { FlowError, FormatError, WorkerError } from "@normflow/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ImportChoice } from "../files/import.ts";
import { encodePiece } from "../keep/link.ts";
import { defaultPreferences, openStorage } from "../keep/storage.ts";
import { openPitch, sameNotes } from "../piece/notes.ts";
import { emptySide, flat, type Piece, settled } from "../piece/piece.ts";
import { firstPiece } from "./first-piece.ts";
import { barSteps } from "./sides.ts";
import { fakeFile, fakeStudio, note, settle, tuneOf } from "./testing/fake-services.ts";

const choice = (title: string, n: number, tempo = 90): ImportChoice => ({
  title,
  tune: title,
  bar: 1,
  again: [],
  notes: tuneOf(n),
  place: { keyShift: 2, octaveShift: 0 },
  tempo,
  remarks: [],
});
const tunes = (...choices: ImportChoice[]) => ({ kind: "tunes", choices, remarks: [] }) as const;
const otherPiece: Piece = { ...firstPiece, a: settled(emptySide("Linked"), tuneOf(20)), seed: 99 };
const link = (piece: Piece): string => `#${encodePiece(piece)}`;

let errors: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  errors = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  expect(errors).not.toHaveBeenCalled();
  errors.mockRestore();
});

describe("drawing", () => {
  it("puts a melody in, counts the seed up, and is one step of undo", async () => {
    const { studio } = await fakeStudio();
    await studio.model.draw("a");
    expect(studio.piece.a).toMatchObject({ title: "Seed 2", notes: tuneOf(2), origin: tuneOf(2) });
    expect(studio.piece.seed).toBe(3);
    expect(studio.state.shelf.map((item) => item.title)).toEqual(["Seed 2"]);
    studio.undo();
    expect(studio.piece).toBe(firstPiece);
  });

  it("waits for a model that is on its way; sliders, which cannot, say so", async () => {
    const { studio } = await fakeStudio({ model: false });
    const drawn = studio.model.draw("a");
    expect(studio.state.busy.a).toBe(true);
    studio.shape("b", { ...flat, register: 0.5 });
    expect(studio.piece).toBe(firstPiece);
    expect(studio.state.notice?.text).toBe("The model is still on its way.");
    studio.set({ model: { kind: "failed", message: "There is none." } });
    await drawn;
    expect(studio.state.busy.a).toBe(false);
    expect(studio.piece).toBe(firstPiece);
    expect(studio.state.notice?.text).toBe("There is none.");
  });

  it("of an answer that comes after an edit, undo, an exchange, a clearing or a link leaves nothing", async () => {
    type Act = (s: Awaited<ReturnType<typeof fakeStudio>>["studio"]) => void;
    const acts: readonly Act[] = [
      (s) => s.edit("a", [note(60, 0)]),
      (s) => s.undo(),
      (s) => s.swap(),
      (s) => s.clear("a"),
      (s) => s.transpose("a", 1),
      (s) => s.take("a", { title: "T", notes: tuneOf(5), place: { keyShift: 0, octaveShift: 0 } }),
      (s) => s.files.openLink(link(otherPiece)),
      (s) => s.shape("a", { ...flat, leaps: 0.5 }),
    ];
    for (const act of acts) {
      const { studio, engine } = await fakeStudio();
      studio.title("b", "Before");
      engine.hold("sample");
      const drawn = studio.model.draw("a");
      expect(studio.state.busy.a).toBe(true);
      act(studio);
      await settle();
      const piece = studio.piece;
      expect(studio.state.busy.a).toBe(false);
      await engine.waiting("sample")[0]!.answer();
      await drawn;
      expect(studio.piece, String(act)).toBe(piece);
      expect(studio.state.shelf).toEqual([]);
      expect(studio.state.busy.a).toBe(false);
    }
  });

  it("takes the last of two that were asked for", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("sample");
    void studio.model.draw("a");
    void studio.model.draw("a");
    const [first, second] = engine.waiting("sample");
    await second!.answer();
    await first!.answer();
    expect(studio.piece.a.notes).toEqual(tuneOf(2));
    expect(studio.piece.seed).toBe(3);
    expect(studio.state.timeline.past).toHaveLength(1);
  });

  it("into both sides at once gives two melodies", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("sample");
    void studio.model.draw("a");
    void studio.model.draw("b");
    for (const asked of engine.waiting("sample")) await asked.answer();
    expect(studio.piece.a.notes).toEqual(tuneOf(2));
    expect(studio.piece.b.notes).toEqual(tuneOf(3));
    expect(studio.piece.seed).toBe(4);
  });

  it("leaves notes alone that were locked while it was asked for", async () => {
    const { studio, engine } = await fakeStudio();
    const before = studio.piece.a.notes;
    engine.hold("sample", "regenerate");
    void studio.model.draw("a");
    studio.lock("a", barSteps(0));
    await engine.waiting("sample")[0]!.answer();
    await engine.waiting("regenerate")[0]!.answer();
    const { a } = studio.piece;
    expect(a.notes.filter((n) => n.start < 16)).toEqual(before.filter((n) => n.start < 16));
    expect(a.locked).toEqual(barSteps(0));
    expect(sameNotes(a.notes, before)).toBe(false);
    expect(studio.state.busy.a).toBe(false);
  });

  it("and varying keep the title, key, voice, seed and focus that were set meanwhile", async () => {
    for (const [act, kind] of [
      ["draw", "sample"],
      ["vary", "vary"],
    ] as const) {
      const { studio, engine } = await fakeStudio();
      engine.hold(kind);
      void studio.model[act]("a");
      studio.title("a", "Mine");
      studio.voice("a", "fiddle");
      studio.place("a", { keyShift: 3, octaveShift: 12 });
      studio.settings({ seed: 500 });
      studio.focus("b");
      await engine.waiting(kind)[0]!.answer();
      expect(studio.piece.a).toMatchObject({
        title: "Mine",
        voice: "fiddle",
        place: { keyShift: 3, octaveShift: 12 },
      });
      expect(studio.piece.a.notes).not.toEqual(firstPiece.a.notes);
      expect(studio.piece.seed).toBe(500);
      expect(studio.state.focus).toBe("b");
    }
  });

  it("that fails says why, once, and loses nothing", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("sample");
    const drawn = studio.model.draw("a");
    await engine.waiting("sample")[0]!.fail(new FlowError("x", "The model gave up.", { hint: "Try again." }));
    await drawn;
    expect(studio.state.notice).toMatchObject({ text: "The model gave up. Try again.", tone: "warning" });
    expect(studio.piece).toBe(firstPiece);
    expect(studio.state.busy.a).toBe(false);
  });

  it("varying and crossing nothing say so", async () => {
    const { studio, engine } = await fakeStudio();
    studio.clear("b");
    await settle();
    engine.log.length = 0;
    const { piece } = studio;
    for (const act of [
      () => studio.model.vary("b"),
      () => studio.model.cross("b"),
      () => studio.model.cross("a"),
      () => studio.favour("b"),
    ]) {
      studio.notices.unsay(studio.state.notice?.id ?? 0);
      await act();
      expect(studio.state.notice?.text).toMatch(/no notes/);
    }
    expect(studio.piece).toBe(piece);
    expect(studio.state.shelf).toEqual([]);
    expect(engine.log).toEqual([]);
  });

  it("crosses the rhythm of one with the pitches of the other", async () => {
    const { studio } = await fakeStudio();
    await studio.model.cross("a");
    const { a } = studio.piece;
    expect(a.title).toBe("Seed 1 × Seed 42");
    expect(a.notes.map((n) => [n.start, n.length])).toEqual(firstPiece.a.notes.map((n) => [n.start, n.length]));
  });

  it("at similarity 1 gives the original back, whatever came before", async () => {
    const { studio } = await fakeStudio();
    await studio.model.vary("a");
    await studio.model.vary("a");
    expect(studio.piece.a.notes).not.toEqual(firstPiece.a.notes);
    studio.settings({ similarity: 1 });
    await studio.model.vary("a");
    expect(studio.piece.a.notes).toEqual(firstPiece.a.notes);
  });
});

describe("sliders", () => {
  const half = { ...flat, register: 0.5 };
  const up = (piece: Piece, by: number) => piece.a.notes.map((n) => openPitch(n) - by);
  const first = up(firstPiece, 0);

  it("move the notes in one step of undo, and lead back to the original at 0", async () => {
    const { studio } = await fakeStudio();
    for (const register of [0.1, 0.3, 0.5]) studio.shape("a", { ...flat, register });
    studio.endGesture();
    await settle();
    expect(up(studio.piece, 3)).toEqual(first);
    expect(studio.state.timeline.past).toHaveLength(1);
    studio.shape("a", flat);
    expect(studio.piece.a.notes).toBe(firstPiece.a.notes);
    studio.undo();
    expect(up(studio.piece, 3)).toEqual(first);
    studio.undo();
    expect(studio.piece).toBe(firstPiece);
  });

  it("show the way while they move, and end where they were let go", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", { ...flat, register: 1 / 6 });
    studio.shape("a", { ...flat, register: 2 / 6 });
    studio.shape("a", { ...flat, register: 3 / 6 });
    await engine.waiting("shape")[0]!.answer();
    expect(up(studio.piece, 1)).toEqual(first);
    expect(studio.state.busy.a).toBe(true);
    await engine.waiting("shape")[0]!.answer();
    expect(up(studio.piece, 3)).toEqual(first);
    expect(studio.state.busy.a).toBe(false);
    expect(engine.waiting("shape")).toEqual([]);
  });

  it("complete their step where it stands: under a later edit, undone, or exchanged", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", half);
    studio.endGesture();
    studio.edit("b", [note(60, 0)]);
    await engine.waiting("shape")[0]!.answer();
    expect(up(studio.piece, 3)).toEqual(first);
    studio.undo();
    expect(studio.piece.b).toBe(firstPiece.b);
    expect(up(studio.piece, 3)).toEqual(first);
    studio.undo();

    studio.shape("a", { ...flat, register: -0.5 });
    studio.endGesture();
    studio.undo();
    await engine.waiting("shape")[0]!.answer();
    expect(studio.piece).toBe(firstPiece);
    studio.redo();
    await settle();
    expect(up(studio.piece, -3)).toEqual(first);
    studio.undo();

    studio.shape("a", half);
    studio.endGesture();
    studio.swap();
    for (const asked of engine.waiting("shape")) await asked.answer();
    for (const asked of engine.waiting("shape")) await asked.answer();
    expect(studio.piece.b.notes.map((n) => openPitch(n) - 3)).toEqual(first);
    expect(studio.state.busy).toEqual({ a: false, b: false });
    studio.undo();
    expect(up(studio.piece, 3)).toEqual(first);
  });

  it("drop behind an edit that comes before their notes", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", half);
    studio.edit("a", [note(60, 0)]);
    await engine.waiting("shape")[0]!.answer();
    expect(studio.piece.a).toMatchObject({ notes: [note(60, 0)], shape: flat });
    studio.undo();
    await settle();
    expect(up(studio.piece, 3)).toEqual(first);
  });

  it("leave notes alone that are locked meanwhile", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", half);
    studio.lock("a", barSteps(0));
    await engine.waiting("shape")[0]!.answer();
    expect(studio.piece.a.notes).toEqual(firstPiece.a.notes);
    await engine.waiting("shape")[0]!.answer();
    const moved = studio.piece.a.notes.map((n, i) => openPitch(n) - first[i]!);
    expect(moved).toEqual(firstPiece.a.notes.map((n) => (n.start < 16 ? 0 : 3)));
  });

  it("transposed before their notes are there go back to 0, so that slider and melody agree", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", half);
    studio.transpose("a", 1);
    for (const asked of engine.waiting("shape")) await asked.answer();
    expect(up(studio.piece, 1)).toEqual(first);
    expect(studio.piece.a.shape).toEqual(flat);
  });

  it("go back to 0 with a sentence where the model fails", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("shape");
    studio.shape("a", half);
    await engine.waiting("shape")[0]!.fail(new FlowError("x", "The model gave up."));
    expect(studio.piece.a).toMatchObject({ shape: flat, notes: firstPiece.a.notes });
    expect(studio.state.notice?.text).toBe("The model gave up.");
    expect(studio.state.busy.a).toBe(false);
    studio.shape("a", half);
    await engine.waiting("shape")[0]!.answer();
    expect(up(studio.piece, 3)).toEqual(first);
  });
});

describe("the path", () => {
  it("asks for the newest state only, and ends with it", async () => {
    const { studio, engine } = await fakeStudio();
    engine.hold("morph");
    engine.log.length = 0;
    for (let points = 3; points <= 17; points++) studio.settings({ path: { points, preset: "musical" } });
    // Not in the task of the change, which is shown first.
    expect(engine.log).toEqual([]);
    await settle();
    expect(engine.waiting("morph").map((asked) => asked.payload.points)).toEqual([17]);
    for (const points of [4, 9, 17]) studio.settings({ path: { points, preset: "musical" } });
    await engine.waiting("morph")[0]!.answer();
    await engine.waiting("morph")[0]!.answer();
    expect(engine.log.filter((kind) => kind === "morph")).toHaveLength(2);
    expect(studio.state.path?.notes).toHaveLength(17);
    expect(studio.state.path?.notes[0]).toBe(studio.piece.a.notes);
  });

  it("goes while a melody is empty and comes back", async () => {
    const { studio } = await fakeStudio();
    studio.clear("a");
    await settle();
    expect(studio.state.path).toBeUndefined();
    expect(studio.state.insight.a).toBeUndefined();
    studio.undo();
    await settle();
    expect(studio.state.path?.notes).toHaveLength(9);
    expect(studio.state.insight.a?.notes).toBe(studio.piece.a.notes);
  });
});

describe("editing", () => {
  it("never leaves what instruments play, and never sticks outside", async () => {
    const { studio } = await fakeStudio();
    for (let i = 0; i < 30; i++) studio.place("a", { keyShift: 0, octaveShift: 12 * i });
    expect(studio.piece.a.place.octaveShift).toBe(36);
    for (let i = 0; i < 300; i++) studio.transpose("a", 1);
    expect(studio.state.notice?.text).toMatch(/leave what instruments play/);
    for (const n of studio.piece.a.notes) expect(openPitch(n) + 36).toBeLessThanOrEqual(127);
    // What is on the screen is what a reload finds.
    expect(encodePiece(studio.piece)).not.toBe("");
    expect(Math.max(...studio.piece.a.notes.map((n) => n.fold))).toBeLessThan(12);

    studio.replace({ ...firstPiece, a: { ...firstPiece.a, place: { keyShift: 0, octaveShift: 120 } } });
    studio.place("a", { keyShift: 0, octaveShift: 108 });
    expect(studio.piece.a.place.octaveShift).toBe(108);
  });

  it("keeps the locks from before a drag, and the drag one step", async () => {
    const { studio } = await fakeStudio();
    studio.lock("a", [0, 1]);
    const { locked, notes } = studio.piece.a;
    studio.edit("a", [note(50, 0, 4), ...notes.slice(2)], { merge: "1" });
    expect(studio.piece.a.locked).toEqual([]);
    studio.edit("a", notes, { merge: "1" });
    expect(studio.piece.a.locked).toEqual(locked);
  });

  it("leads back to the start of 1,000 mixed steps and forward again", async () => {
    const { studio } = await fakeStudio();
    let state = 1;
    const roll = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    for (let i = 0; i < 1000; i++) {
      const name = roll(2) ? "a" : "b";
      switch (roll(8)) {
        case 0:
          await studio.model.draw(name);
          break;
        case 1:
          await studio.model.vary(name);
          break;
        case 2:
          studio.shape(name, { ...flat, register: (roll(21) - 10) / 10 });
          studio.endGesture();
          await settle();
          break;
        case 3:
          studio.swap();
          break;
        case 4:
          studio.lock(name, [roll(32)]);
          break;
        case 5:
          studio.title(name, `T${i}`);
          studio.endGesture();
          break;
        case 6:
          studio.transpose(name, roll(2) ? 1 : -1);
          break;
        default:
          studio.edit(name, tuneOf(roll(100)));
      }
    }
    await settle();
    const end = encodePiece(studio.piece);
    const { past } = studio.state.timeline;
    const links = past.map(encodePiece);
    for (let i = 0; i < 1000; i++) studio.undo();
    expect(encodePiece(studio.piece)).toBe(links[0]);
    await settle();
    for (let i = 0; i < 1000; i++) studio.redo();
    await settle();
    expect(encodePiece(studio.piece)).toBe(end);
    expect(studio.state.timeline.past.map(encodePiece)).toEqual(links);
  });
});

describe("dropped files", () => {
  it("put their melody in with its tempo, as one step", async () => {
    const { studio, files } = await fakeStudio();
    files.set("tune.mid", tunes(choice("Reel", 4)));
    const file = fakeFile("tune.mid");
    const opened = studio.files.open(file, "b");
    await file.give();
    await opened;
    expect(studio.piece.b).toMatchObject({ title: "Reel", notes: tuneOf(4) });
    expect(studio.piece.tempo).toBe(90);
    expect(studio.state.notice?.text).toBe("“Reel” is B now, at 90 beats a minute.");
    studio.undo();
    expect(studio.piece).toBe(firstPiece);
  });

  it("drop what the model was writing there", async () => {
    const { studio, files, engine } = await fakeStudio();
    files.set("tune.mid", tunes(choice("Reel", 4)));
    engine.hold("sample");
    void studio.model.draw("a");
    const file = fakeFile("tune.mid");
    const opened = studio.files.open(file, "a");
    await file.give();
    await opened;
    await engine.waiting("sample")[0]!.answer();
    expect(studio.piece.a.title).toBe("Reel");
  });

  it("come in the order in which they were dropped, however long each is read", async () => {
    const { studio, files } = await fakeStudio();
    files.set("slow.mid", tunes(choice("Slow", 4)));
    files.set("fast.mid", tunes(choice("Fast", 5)));
    const [slow, fast, other] = [fakeFile("slow.mid"), fakeFile("fast.mid"), fakeFile("slow.mid")];
    const done = [studio.files.open(slow, "a"), studio.files.open(other, "b"), studio.files.open(fast, "a")];
    await fast.give();
    await slow.give();
    await other.give();
    await Promise.all(done);
    expect(studio.piece.a.title).toBe("Fast");
    expect(studio.piece.b.title).toBe("Slow");
  });

  it("of many open the first and say so; what is no file is told", async () => {
    const { studio, files } = await fakeStudio();
    files.set("a.mid", tunes(choice("Reel", 4)));
    const file = fakeFile("a.mid");
    const opened = studio.files.openFirst([file, fakeFile("b.mid"), fakeFile("c.mid")], "a");
    await file.give();
    await opened;
    expect(studio.state.notice?.text).toMatch(/“Reel” is A now, at 90 beats a minute\..*first of 3 files/);
    await studio.files.openFirst([], "a");
    expect(studio.state.notice?.text).toMatch(/^Only files can be dropped/);
  });

  it("that cannot be read, or are too large to try, end in a sentence without marks that turn it around", async () => {
    const { studio } = await fakeStudio();
    const folder = fakeFile("fol\u202eder\n");
    const opened = studio.files.open(folder, "a");
    await folder.fail(new DOMException("gone", "NotFoundError"));
    await opened;
    expect(studio.state.notice?.text).toMatch(/^fol der cannot be read: it is a folder/);
    await studio.files.open(fakeFile(`${"x".repeat(5000)}\u202e.mid`, 2 ** 31), "a");
    expect(studio.state.notice?.text).toMatch(/^x{50,80} is too large/);
    expect(studio.piece).toBe(firstPiece);
  });

  it("list their melodies, and what is chosen or brought by a key is told, shelved and stops sounding", async () => {
    const { studio, files, player } = await fakeStudio();
    files.set("book.abc", tunes(choice("One", 1), choice("Two", 2, 140)));
    const open = async () => {
      const file = fakeFile("book.abc");
      const opened = studio.files.open(file, "a");
      await file.give();
      await opened;
    };
    await open();
    expect(studio.state.sheet).toMatchObject({ kind: "choices", fileName: "book.abc" });
    studio.player.play({ kind: "choice", index: 1 });
    await settle();
    expect(studio.state.playing).toBeDefined();
    studio.takeFrom("b", { kind: "choice", index: 1 });
    expect(studio.state.playing).toBeUndefined();
    expect(player.playing).toBeUndefined();
    expect(studio.state.sheet).toBeUndefined();
    expect(studio.piece.b.title).toBe("Two");
    expect(studio.piece.tempo).toBe(140);
    expect(studio.state.shelf[0]).toMatchObject({ title: "Two", how: "from book.abc" });
    await open();
    const refused = fakeFile("huge.mid", 2 ** 31);
    await studio.files.open(refused, "a");
    expect(studio.state.sheet).toBeUndefined();
    expect(studio.state.notice?.tone).toBe("warning");
  });
});

describe("models", () => {
  const model = (n: number) => ({ kind: "model", name: `m${n}.safetensors`, bytes: Uint8Array.of(n) }) as const;

  it("that are dropped are kept; a melody being drawn is not lost", async () => {
    const { studio, files, engine, models } = await fakeStudio();
    files.set("m5", model(5));
    engine.hold("sample");
    void studio.model.draw("a");
    const file = fakeFile("m5");
    const opened = studio.files.open(file, "a");
    await file.give();
    await opened;
    await engine.waiting("sample")[0]!.answer();
    expect(studio.piece.a.title).toBe("Seed 2");
    expect(studio.state.model).toMatchObject({ kind: "ready", fileName: "m5.safetensors" });
    expect(studio.state.preferences.ownModel).toBe(true);
    expect(models.map((m) => m?.name)).toEqual(["m5.safetensors"]);
    studio.state.notice?.action?.run();
    await settle();
    expect(studio.state.model).toMatchObject({ fileName: undefined });
    expect(models.at(-1)).toBeUndefined();
  });

  it("that the worker does not survive end in a sentence, and the one before stays", async () => {
    const { studio, files, engine, models } = await fakeStudio();
    files.set("m5", model(5));
    engine.opening = async () => {
      throw new WorkerError("timeout", 'The worker did not answer "open" within 15000 ms.');
    };
    const file = fakeFile("m5");
    const opened = studio.files.open(file, "a");
    await file.give();
    await opened;
    expect(studio.state.notice?.text).toMatch(/^The model file m5.safetensors is more than the studio can open\./);
    expect(studio.state.model).toMatchObject({ kind: "ready", fileName: undefined });
    expect(models).toEqual([]);
    engine.opening = async () => {};
    await studio.model.draw("a");
    expect(studio.piece.a.title).toBe("Seed 2");
  });

  it("that are dropped before the first one has arrived go before it", async () => {
    const { studio, files, engine } = await fakeStudio({ model: false });
    files.set("m5", model(5));
    let arrive: () => void = () => {};
    let open: () => void = () => {};
    const arrival = new Promise<undefined>((resolve) => {
      arrive = () => resolve(undefined);
    });
    engine.opening = () =>
      new Promise((resolve) => {
        open = resolve;
      });
    const begun = studio.model.begin(() => arrival);
    const file = fakeFile("m5");
    const opened = studio.files.open(file, "a");
    await file.give();
    arrive();
    await settle();
    open();
    await Promise.all([begun, opened]);
    expect(studio.state.model).toMatchObject({ kind: "ready", fileName: "m5.safetensors" });
    expect(engine.used).toEqual([Uint8Array.of(5)]);
  });

  it("that were kept and cannot be opened any more give way to the one that ships", async () => {
    const { studio, engine } = await fakeStudio({ model: false });
    engine.opening = async (bytes) => {
      if (bytes[0] === 6) throw new FormatError("model-file", "The model is damaged.");
    };
    await studio.model.begin(async () => ({ name: "m6", bytes: Uint8Array.of(6) }));
    expect(studio.state.notice?.text).toBe("The model is damaged.");
    expect(studio.state.model).toMatchObject({ kind: "ready", fileName: undefined });
  });
});

describe("links", () => {
  it("open as one step, and say where they are what is here already", async () => {
    const { studio } = await fakeStudio();
    studio.select("a", [0]);
    studio.files.openLink(link(otherPiece));
    expect(encodePiece(studio.piece)).toBe(encodePiece(otherPiece));
    expect(studio.state.selection.a).toEqual([]);
    studio.undo();
    expect(studio.piece).toBe(firstPiece);
    studio.files.openLink(link(firstPiece));
    expect(studio.state.notice?.text).toMatch(/here already/);
    expect(studio.state.timeline.past).toHaveLength(0);
  });

  it("of rubbish change nothing", async () => {
    const { studio } = await fakeStudio();
    for (const text of ["#x", "#<script>", `#${"A".repeat(10_000)}`, link(otherPiece).slice(0, -3)]) {
      studio.files.openLink(text);
      expect(studio.state.notice?.tone).toBe("warning");
      expect(studio.piece).toBe(firstPiece);
    }
  });
});

describe("playing", () => {
  const silent = new FlowError("no-sound", "This browser has no sound.");

  it("that could not start does not end what plays by then", async () => {
    const { studio, player } = await fakeStudio();
    player.broken = silent;
    studio.player.play({ kind: "side", side: "a" });
    player.broken = undefined;
    studio.player.play({ kind: "side", side: "b" });
    await settle();
    await settle();
    expect(studio.state.playing?.source).toEqual({ kind: "side", side: "b" });
    expect(studio.state.notice?.text).toBe("This browser has no sound.");
  });

  it("of single notes says where there is no sound", async () => {
    const { studio, player } = await fakeStudio();
    player.broken = silent;
    studio.player.audition("a", 60);
    await settle();
    expect(studio.state.notice?.text).toBe("This browser has no sound.");
  });

  it("follows what changes, and goes on where its melody is gone", async () => {
    const { studio, player } = await fakeStudio();
    studio.player.play({ kind: "side", side: "a" });
    studio.edit("a", tuneOf(9));
    expect(player.replaced).toEqual([0]);
    studio.player.play({ kind: "path" });
    studio.settings({ path: { points: 3, preset: "musical" } });
    await settle();
    expect(studio.state.playing?.source.kind).toBe("path");
    studio.clear("b");
    await settle();
    expect(studio.state.playing).toBeDefined();
  });
});

describe("keeping", () => {
  it("says that the store is full even when another sentence comes at once", async () => {
    const { studio, store, files } = await fakeStudio();
    files.set("tune.mid", tunes(choice("Reel", 4)));
    store.full = true;
    const file = fakeFile("tune.mid");
    const opened = studio.files.open(file, "a");
    await file.give();
    await opened;
    expect(studio.state.notice?.text).toBe("“Reel” is A now, at 90 beats a minute.");
    studio.notices.unsay(studio.state.notice!.id);
    expect(studio.state.notice?.text).toMatch(/storage is full/);
    studio.notices.unsay(studio.state.notice!.id);
    expect(studio.state.notice).toBeUndefined();
  });

  it("writes every change before the screen shows it, so that a reload finds it", async () => {
    const { studio, store } = await fakeStudio();
    await studio.model.draw("a");
    studio.shape("b", { ...flat, register: 0.5 });
    studio.endGesture();
    await settle();
    studio.prefer({ metronome: true });
    const again = openStorage(store).load();
    expect(encodePiece(again.timeline!.present)).toBe(encodePiece(studio.piece));
    expect(again.timeline!.past.map(encodePiece)).toEqual(studio.state.timeline.past.map(encodePiece));
    expect(again.shelf.map((item) => item.title)).toEqual(["Seed 2"]);
    expect(again.preferences).toEqual({ ...defaultPreferences, metronome: true });
  });

  it("puts a melody back that was taken off the history", async () => {
    const { studio } = await fakeStudio();
    await studio.model.draw("a");
    await studio.model.draw("a");
    const before = studio.state.shelf;
    studio.star(before[1]!.id);
    const starred = studio.state.shelf;
    studio.unshelve(before[1]!.id);
    expect(studio.state.shelf).toHaveLength(1);
    studio.state.notice?.action?.run();
    expect(studio.state.shelf).toEqual(starred);
  });

  it("keeps a favourite with where it came from and bits that are its own", async () => {
    const { studio, engine } = await fakeStudio();
    await studio.model.draw("a");
    engine.hold("surprise");
    studio.favour("a");
    expect(studio.state.shelf[0]).toMatchObject({ favourite: true, how: "drawn with seed 2" });
    studio.edit("a", tuneOf(50));
    studio.favour("a");
    expect(studio.state.shelf[0]?.bits).toBeUndefined();
  });
});
