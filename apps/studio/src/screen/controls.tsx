/**
 * The controls of the screen: buttons with pictures, sliders, fields and choices.
 *
 * @module
 */
import { type ButtonHTMLAttributes, type ReactNode, useEffect, useId, useState } from "react";
import styles from "./controls.module.css";
import { Icon, type IconName } from "./Icon.tsx";

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label" | "children"> {
  readonly icon: IconName;
  /** What it does, and the key that does the same. */
  readonly label: string;
  readonly keys?: string;
  /** On or off, for buttons that stay down. */
  readonly pressed?: boolean;
}

/** A button with a picture alone. */
export function IconButton({ icon, label, keys, pressed, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles["iconButton"], className].filter(Boolean).join(" ")}
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={keys}
      title={keys ? `${label} (${keys})` : label}
    >
      <Icon name={icon} />
    </button>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  /** The value in words. */
  readonly text: string;
  /** What it does, for those who point at it. */
  readonly hint?: string;
  readonly onChange: (value: number) => void;
  /** Told when the slider is let go. */
  readonly onCommit?: () => void;
  /** Where a double click leads back to. */
  readonly home?: number;
  readonly disabled?: boolean;
  readonly labelHidden?: boolean;
}

/** A slider with its name and its value. */
export function Slider(props: SliderProps) {
  const id = useId();
  const { label, value, least, most, step, text, hint, onChange, onCommit, home } = props;
  const { disabled = false, labelHidden = false } = props;
  return (
    <div className={styles["slider"]} title={hint}>
      <label htmlFor={id} className={labelHidden ? "hidden" : styles["label"]}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={text}
        onChange={(e) => onChange(e.currentTarget.valueAsNumber)}
        onDoubleClick={() => home !== undefined && onChange(home)}
        onPointerUp={onCommit}
        onKeyUp={onCommit}
      />
      <output htmlFor={id} className={styles["value"]}>
        {text}
      </output>
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
  readonly unit?: string;
  readonly wide?: boolean;
}

/** A whole number to type; takes effect when it is one within the bounds, and falls back when it is left otherwise. */
export function NumberField({ label, value, least, most, onChange, unit, wide = false }: NumberFieldProps) {
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const bounded = (number: number): number => Math.max(least, Math.min(most, Math.round(number)));
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={styles["label"]}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        className={wide ? styles["wideNumber"] : styles["number"]}
        value={text}
        onChange={(e) => {
          setText(e.currentTarget.value);
          const number = Number(e.currentTarget.value);
          if (e.currentTarget.value.trim() !== "" && Number.isInteger(number) && bounded(number) === number)
            onChange(number);
        }}
        onBlur={() => {
          const number = Number(text);
          const kept = text.trim() !== "" && Number.isFinite(number) ? bounded(number) : value;
          setText(String(kept));
          if (kept !== value) onChange(kept);
        }}
        onKeyDown={(e) => {
          const step = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
          if (step === undefined) return;
          e.preventDefault();
          onChange(bounded(value + step));
        }}
      />
      {unit && <span className={styles["unit"]}>{unit}</span>}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, name: string])[];
  readonly onChange: (value: T) => void;
  readonly labelHidden?: boolean;
}

/** One of a few. */
export function Choice<T extends string>({ label, value, options, onChange, labelHidden = false }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id} className={labelHidden ? "hidden" : styles["label"]}>
        {label}
      </label>
      <select id={id} value={value} onChange={(e) => onChange(e.currentTarget.value as T)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Two or three that exclude each other, side by side. */
export function Segments<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles["segments"]}>
      <legend className="hidden">{label}</legend>
      {options.map(([key, text]) => (
        <label key={key} className={styles["segment"]}>
          <input type="radio" name={name} value={key} checked={key === value} onChange={() => onChange(key)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A box that other things open from and close with Escape, a press outside or a choice within. */
export function Menu({ label, icon, children }: { label: string; icon: IconName; children: ReactNode }) {
  return (
    <details
      className={styles["menu"]}
      onKeyDown={(e) => {
        if (e.key !== "Escape" || !e.currentTarget.open) return;
        e.stopPropagation();
        e.currentTarget.open = false;
        e.currentTarget.querySelector("summary")?.focus();
      }}
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget)) e.currentTarget.open = false;
      }}
    >
      <summary className={styles["iconButton"]} aria-label={label} title={label}>
        <Icon name={icon} />
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: closes after any choice within, which is a button with its own keys */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the choices within are the controls */}
      <div
        className={styles["menuBox"]}
        // Browsers whose buttons take no focus give it to the box, and the menu stays open until the press has arrived.
        tabIndex={-1}
        onClick={(e) => {
          if (!(e.target instanceof Element) || !e.target.closest("button")) return;
          const box = e.currentTarget.closest("details");
          if (!box) return;
          box.querySelector("summary")?.focus();
          box.open = false;
        }}
      >
        {children}
      </div>
    </details>
  );
}
