import { hue, initials } from "../names";

export function Avatar({ name, small }: { name: string; small?: boolean }) {
  return (
    <span class={small ? "avatar small" : "avatar"} style={{ "--hue": hue(name) }} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
