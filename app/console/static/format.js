/* Numbers and times as people read them. */

const exact = new Intl.NumberFormat("en", {
  style: "currency", currency: "USD", minimumFractionDigits: 0, maximumFractionDigits: 6,
});
const cents = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });
const compact = new Intl.NumberFormat("en", {
  style: "currency", currency: "USD", notation: "compact", maximumFractionDigits: 2,
});
const count = new Intl.NumberFormat("en");

/** `$950`, `$2.35`, `$0.125`: whole dollars bare, else at least the cents. */
export function money(amount) {
  const value = Number(amount);
  return Number.isInteger(value) || !Number.isInteger(value * 100) && value < 1
    ? exact.format(value)
    : cents.format(value);
}

/** For narrow places: `$1.25M` where the whole number has no room. */
export const shortMoney = (amount) =>
  Math.abs(amount) < 1_000_000 ? money(amount) : compact.format(amount);

/** A sum of many units, to the cent. */
export const total = (price, quantity) => shortMoney(Math.round(price * quantity * 100) / 100);

export const number = (value) => count.format(value);

export const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

/** Seconds as `0:07` or `1:02:09`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** How long something took: `4.2 s`, from a minute on as a clock. */
export function duration(seconds) {
  if (seconds >= 60) return clock(seconds);
  return seconds < 0.1 ? "< 0.1 s" : `${seconds.toFixed(1)} s`;
}

/** Two letters for an avatar, from the first letters of the first two words. */
export function initials(name) {
  const words = name.replace(/([a-z])([A-Z])/gu, "$1 $2").match(/[\p{L}\p{N}]+/gu) ?? [];
  const letters = words.slice(0, 2).map((word) => [...word][0]);
  if (words.length === 1) letters.push([...words[0]][1] ?? "");
  return letters.join("").toLocaleUpperCase() || "?";
}
