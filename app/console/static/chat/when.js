/* Times as people tell them. */

const DAY = { day: "numeric", month: "short" };
const clock = new Intl.DateTimeFormat("en", {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("en", DAY);
const year = new Intl.DateTimeFormat("en", { ...DAY, year: "numeric" });

/** The time today, else the day, with its year when it is another one. */
export function when(iso, now = new Date()) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return (at.getFullYear() === now.getFullYear() ? day : year).format(at);
}
