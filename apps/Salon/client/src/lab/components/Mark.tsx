import type { Technique } from "../contract";
import { look, outlines } from "../look";

/** The sign of a technique, in its colour and shape. */
export function Mark({ technique }: { technique: Technique }) {
  const { path, isStroke } = outlines[look[technique].shape];
  return (
    <svg class={`mark mark-${technique}${isStroke ? " stroke" : ""}`} viewBox="-7 -7 14 14" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
