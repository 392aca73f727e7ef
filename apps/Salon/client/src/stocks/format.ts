import { computed } from "@preact/signals";
import { texts } from "./texts";
import { locale } from "../shared/language";

// Formatters are expensive to make and cheap to use: one of each for a language.
const formats = computed(() => ({
  price: new Intl.NumberFormat(locale.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  change: new Intl.NumberFormat(locale.value, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" }),
  percent: new Intl.NumberFormat(locale.value, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "exceptZero" }),
  whole: new Intl.NumberFormat(locale.value),
  short: new Intl.NumberFormat(locale.value, { notation: "compact", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  tenths: new Intl.NumberFormat(locale.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  seconds: new Intl.DateTimeFormat(locale.value, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  minutes: new Intl.DateTimeFormat(locale.value, { hour: "2-digit", minute: "2-digit" }),
  zone: new Intl.DateTimeFormat(locale.value, { timeZoneName: "shortOffset" }),
}));

export const formatPrice = (price: number): string => formats.value.price.format(price);
export const formatChange = (change: number): string => sign(formats.value.change.format(change));
export const formatPercent = (ratio: number): string => sign(formats.value.percent.format(ratio));
export const formatWhole = (count: number): string => formats.value.whole.format(count);

/** A volume in the room of a column: 12.3K. */
export const formatShort = (count: number): string => (count < 1_000 ? formats.value.whole : formats.value.short).format(count);

export const formatSeconds = (time: number): string => formats.value.seconds.format(time);
export const formatMinutes = (time: number): string => formats.value.minutes.format(time);

/** The time zone in which the page writes its times: Europe/Paris, UTC+2. */
export const timeZone = computed(() => {
  const zone = formats.value.zone;
  const offset = zone.formatToParts(Date.now()).find((part) => part.type === "timeZoneName")?.value ?? "";
  const name = zone.resolvedOptions().timeZone.replaceAll("_", " ");
  const written = offset.replace("GMT", "UTC");
  return name === written ? name : `${name}, ${written}`;
});

export const formatMilliseconds = (milliseconds: number): string =>
  texts.value.connection.milliseconds(milliseconds < 10 ? formats.value.tenths.format(milliseconds) : formatWhole(Math.round(milliseconds)));

/** A minus that is as wide as a plus. */
function sign(text: string): string {
  return text.replace("-", "\u2212");
}
