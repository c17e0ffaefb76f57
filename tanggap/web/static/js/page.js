/** What the page says about itself: its meta tags, its words in the reader's language, and the server's time. */

/** The content of a meta tag; "" when the page has none. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** Who is signed in here; "" for citizens. What is kept in the browser is kept by person. */
export const person = meta("tanggap-person");

/** A sentence of layout/words.html, its braces filled. */
export function word(name, fill = {}) {
  const text = document.getElementById("words")?.content.querySelector(`[data-word="${name}"]`)?.textContent ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => fill[key] ?? "");
}

/** The CSRF token of the next request; renewed from the server after signing in elsewhere. */
export function csrfToken() {
  return meta("csrf-token");
}

/** Ask the server who is signed in and take its fresh CSRF token. Rejects while the server is away. */
export async function askSession() {
  const answer = await fetch("/sesi", { headers: { accept: "application/json" }, cache: "no-store" });
  if (!answer.ok) throw new Error(`/sesi answered ${answer.status}`);
  const session = await answer.json();
  const tag = document.querySelector('meta[name="csrf-token"]');
  if (tag && session.csrf_token) tag.content = session.csrf_token;
  return session;
}

/** Milliseconds that the server's clock is ahead of this browser's, taken when the page's first byte came. */
const ahead = (() => {
  const said = Date.parse(meta("tanggap-now"));
  const navigation = performance.getEntriesByType("navigation")[0];
  return Number.isNaN(said) || !navigation ? 0 : said - (performance.timeOrigin + navigation.responseStart);
})();

/** The server's time now, as milliseconds since 1970: all clocks on all screens agree with it. */
export function serverNow() {
  return Date.now() + ahead;
}

/** A moment as 22.41 or 22.41.07 in the city's zone. */
export function clockText(milliseconds = serverNow(), withSeconds = false) {
  const options = { timeZone: meta("tanggap-zone") || undefined, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (withSeconds) options.second = "2-digit";
  return new Intl.DateTimeFormat(document.documentElement.lang || "id", options).format(milliseconds);
}

/** Somebody is writing in it: keys that are letters belong to it. */
export function isTextField(element) {
  return Boolean(
    element?.matches?.('textarea, select, [contenteditable="true"], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=range], [type=file])'),
  );
}
