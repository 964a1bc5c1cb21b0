/**
 * The dialogs: keys and help, the link, the melodies of a dropped file.
 *
 * @module
 */
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { ChoiceSheet } from "../store/state.ts";
import { useStudio, useStudioState } from "./context.ts";
import { IconButton } from "./controls.tsx";
import { helpKeys } from "./keys.ts";
import styles from "./Sheets.module.css";
import { Tile } from "./Tile.tsx";

/** A dialog that takes the focus and gives it back. */
function Sheet({ title, children, wide = false }: { title: string; children: ReactNode; wide?: boolean }) {
  const studio = useStudio();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still in the document: only then the browser gives the focus back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className={wide ? styles["wide"] : undefined}
      aria-label={title}
      onClose={(e) => {
        // Told later: by then React may have opened it again, or another sheet be there instead.
        if (e.currentTarget.isConnected && !e.currentTarget.open) studio.show(undefined);
      }}
      onClick={(e) => e.target === e.currentTarget && studio.show(undefined)}
    >
      <div className={styles["head"]}>
        <h2>{title}</h2>
        <IconButton icon="close" label="Close" keys="Escape" onClick={() => studio.show(undefined)} />
      </div>
      {children}
    </dialog>
  );
}

function Help() {
  return (
    <Sheet title="Help and keys">
      <div className={styles["help"]}>
        <p>
          Two melodies, A and B, of two bars each. <b>Draw</b> lets the model write one, <b>Vary</b> goes away from the
          original and comes back to it at 100 %, the three sliders move it without words. Between A and B lies a{" "}
          <b>path</b>: both its ends are exactly your melodies. Press anything to hear it.
        </p>
        <p>
          Lock notes or a bar and Draw writes the rest. The meter says how typical a melody is: fewer bits mean more
          expected, and the heat map shows which notes surprise. Everything stays in this browser; nothing is sent
          anywhere.
        </p>
        <p>
          In a roll, press an empty place to write a note and drag to the right for its length; drag a note to move it,
          its ends to change them; press twice to remove it; drag over empty paper with Shift to select several. With a
          finger, rest on a note to select it.
        </p>
        {helpKeys.map(([group, rows]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {rows.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <p className={styles["quiet"]}>
          The built-in model learnt from Ceol Rince na hÉireann, collected by Breandán Breathnach, made machine-readable
          by Bill Black and Danny Diamond. Typeface: Instrument Sans (OFL).
        </p>
      </div>
    </Sheet>
  );
}

function Link({ url }: { readonly url: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<boolean | undefined>(undefined);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
    } catch {
      field.current?.select();
      setCopied(false);
    }
  };
  return (
    <Sheet title="Link to this piece">
      <p>Whoever opens it finds both melodies, their keys, voices and tempo, and can go on from there.</p>
      <textarea
        ref={field}
        className={styles["link"]}
        aria-label="Link"
        readOnly
        rows={4}
        value={url}
        onFocus={(e) => e.currentTarget.select()}
      />
      <div className={styles["foot"]}>
        <button type="button" className={styles["main"]} onClick={() => void copy()}>
          Copy
        </button>
        <span role="status">
          {copied === true ? "Copied." : copied === false ? "The browser does not let me: press Ctrl+C." : ""}
        </span>
      </div>
    </Sheet>
  );
}

const SHOWN = 60;

function Choices({ sheet }: { readonly sheet: ChoiceSheet }) {
  const studio = useStudio();
  const { fileName, choices, remarks, side } = sheet;
  const [query, setQuery] = useState("");
  const [most, setMost] = useState(SHOWN);
  const found = choices
    .map((choice, index) => ({ choice, index }))
    .filter(({ choice }) => choice.title.toLowerCase().includes(query.trim().toLowerCase()));
  const names = side === "a" ? (["a", "b"] as const) : (["b", "a"] as const);
  return (
    <Sheet title={`Which two bars of ${fileName.slice(0, 60)}?`} wide>
      <div className={styles["foot"]}>
        <p className={styles["quiet"]}>
          {choices.length} melodies of two bars. {[...remarks, ...(choices[0]?.remarks ?? [])].join(" ")}
        </p>
        {choices.length > 12 && (
          <input
            type="text"
            placeholder="Find a title"
            aria-label="Find a title"
            value={query}
            onChange={(e) => setQuery(e.currentTarget.value)}
          />
        )}
      </div>
      <ol className={styles["choices"]} aria-label="Melodies of the file">
        {found.slice(0, most).map(({ choice, index }) => (
          <li key={`${choice.title} ${choice.bar} ${index}`}>
            <Tile
              source={{ kind: "choice", index }}
              notes={choice.notes}
              tone="var(--ink)"
              label={choice.title}
              caption={choice.title}
              plain
            />
            <span className={styles["pick"]}>
              {names.map((name) => (
                <button
                  key={name}
                  type="button"
                  aria-label={`${choice.title} to ${name.toUpperCase()}`}
                  onClick={() => studio.files.choose(choice, name, fileName)}
                >
                  to {name.toUpperCase()}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ol>
      <p role="status" className={styles["quiet"]}>
        {found.length === 0 && "No title has that in it."}
      </p>
      {found.length > most && (
        <button type="button" className={styles["main"]} onClick={() => setMost(most + 3 * SHOWN)}>
          {found.length - most} more
        </button>
      )}
    </Sheet>
  );
}

/** The dialog that is open, if one is. */
export function Sheets() {
  const sheet = useStudioState((s) => s.sheet);
  if (!sheet) return null;
  switch (sheet.kind) {
    case "help":
      return <Help />;
    case "link":
      return <Link url={sheet.url} />;
    case "choices":
      return <Choices key={`${sheet.fileName} ${sheet.choices.length}`} sheet={sheet} />;
    default:
      return sheet satisfies never;
  }
}
