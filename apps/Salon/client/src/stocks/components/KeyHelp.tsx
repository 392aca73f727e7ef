import { texts } from "../texts";
import { Dialog } from "../../shared/Dialog";

/** Which keys do what. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const t = texts.value.keys;
  const keys: [string[], string][] = [
    [["↑", "↓"], t.step],
    [["Home", "End"], t.ends],
    [["Enter"], t.chart],
    [["P"], t.pin],
    [["/"], t.filter],
    [["A"], t.alert],
    [["1", "2", "3"], t.intervals],
    [["C"], t.kind],
    [[t.space], t.pause],
    [["?"], t.help],
  ];

  return (
    <Dialog title={t.title} onClose={onClose}>
      <dl class="keys">
        {keys.map(([names, text]) => (
          <div key={text}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
