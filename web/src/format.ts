// Numbers, times and sizes as people read them.

/** A whole number with its thousands set apart. */
export function count(n: number, locale: string): string {
  return n.toLocaleString(locale);
}

/** A log10 likelihood ratio with its sign and one decimal. */
export function ratio(log10: number, locale: string): string {
  const text = Math.abs(log10).toFixed(1);
  return `${log10 < 0 && text !== "0.0" ? "−" : "+"}${text.replace(".", point(locale))}`;
}

/**
 * A sum of money: thousands set apart, and as many decimals as its currency has. The digits stay those of the text, which
 * may be more than a number holds.
 */
export function sum(amount: string, currency: string | null, locale: string): string {
  const parts = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(amount);
  const after = currency === null ? "" : ` ${currency}`;
  if (parts === null) return `${amount}${after}`;
  const [, sign = "", whole = "", decimals = ""] = parts;
  const said = new Intl.NumberFormat(locale, { useGrouping: "always" }).format(BigInt(whole));
  const places = decimals.padEnd(placesOf(currency), "0");
  return `${sign === "" ? "" : "−"}${said}${places === "" ? "" : `${point(locale)}${places}`}${after}`;
}

/** How many decimals a currency has; none where it is not known. */
function placesOf(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 0;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().minimumFractionDigits ?? 0;
}

function point(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(0.5).find((part) => part.type === "decimal")?.value ?? ".";
}

/** An instant by its day, in UTC, as all times in a case are. */
export function day(utc: string, locale: string): string {
  const at = new Date(utc);
  if (Number.isNaN(at.getTime())) return utc;
  return at.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}

/** An instant to the second, in UTC. */
export function instant(utc: string, locale: string): string {
  const at = new Date(utc);
  if (Number.isNaN(at.getTime())) return utc;
  return `${day(utc, locale)}, ${at.toISOString().slice(11, 19)} UTC`;
}

/** A size in bytes, rounded. */
export function size(bytes: number, locale: string): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value.toLocaleString(locale, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** The beginning of a digest, which is enough to tell two apart on a screen. */
export function short(digest: string): string {
  return digest.slice(0, 12);
}
