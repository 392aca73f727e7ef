import { useId } from "preact/hooks";

interface Props {
  label: string;
  value: number;
  text: string;
  range: readonly [number, number];
  step?: number;
  disabled?: boolean;
  onChange: (value: number) => void;
}

/** A value that is dragged, or moved by the arrow keys. */
export function Slider({ label, value, text, range: [min, max], step = 1, disabled = false, onChange }: Props) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{text}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        disabled={disabled}
        aria-valuetext={text}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
    </div>
  );
}
