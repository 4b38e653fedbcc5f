// The words of the widget that stand for a value of the API, and how dates, places and addresses read.

/** @type {Record<string, string>} */
export const STATUS_HEADINGS = {
  answered: "Answer",
  partial: "Answer to part of the question",
  clarify: "One more thing is needed",
  unanswerable: "Not answered",
  out_of_scope: "Outside what this service covers",
  declined: "Not answered",
  personal_data: "Personal information found",
  error: "Something went wrong",
};
/** @type {Record<string, string>} */
export const GRAVE_NOTICES = {
  superseded: "Older or replaced guidance",
  conflict: "Sources disagree",
  date: "Check the date",
  nation: "Check the nation",
};
/** @type {Record<string, string>} */
export const SOURCE_STATUSES = {
  current: "current",
  superseded: "superseded: replaced by newer guidance",
  historic: "historic: old, and nothing newer of its kind is held",
  withdrawn: "withdrawn",
};
/** @type {Record<string, string>} */
export const FEEDBACK_REASONS = {
  wrong: "It is wrong",
  out_of_date: "It is out of date",
  incomplete: "Something is missing",
  off_topic: "It does not answer my question",
  unclear: "It is hard to understand",
  other: "Something else",
};
/** @type {Record<string, string>} */
export const NATIONS = { england: "England", wales: "Wales", scotland: "Scotland", northern_ireland: "Northern Ireland" };
export const CHECK_FIRST = "Check with your procurement or legal team before you act on it.";
const FRAGMENT_WORDS = 5;

/** A date as precise as it is known: YYYY, YYYY-MM or YYYY-MM-DD. @param {string} date */
export function readableDate(date) {
  const names = /** @type {const} */ (["year", "month", "day"]).slice(0, date.split("-").length);
  const shown = { year: "numeric", month: "long", day: "numeric" };
  return new Date(date).toLocaleDateString("en-GB", { timeZone: "UTC", ...Object.fromEntries(names.map((name) => [name, shown[name]])) });
}

/** @param {string} content */
export function kindOfText(content) {
  return content === "digest" ? "our summary" : "publisher’s own text";
}

/** @param {number} number @param {string} noun */
export function countOf(number, noun) {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Where in its document a quote stands. @param {Citation} citation */
export function placeOf({ page, heading_path: path }) {
  return [page && `page ${page}`, path.length && `under “${path.join(" › ")}”`].filter(Boolean).join(", ");
}

/**
 * The publisher's own document, on a web page at the quote; a summary's words don't stand there.
 * Null where there is none: a manifest could hold javascript:.
 *
 * @param {Citation} citation
 */
export function originalOf({ url, content, quote }) {
  const parsed = url && URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol)) return null;
  if (content === "original" && !parsed.hash && !parsed.pathname.endsWith(".pdf")) parsed.hash = textFragment(quote);
  return parsed;
}

// https://wicg.github.io/scroll-to-text-fragment/: first and last words, as those between may be laid out otherwise.
/** @param {string} quote */
function textFragment(quote) {
  const encode = (/** @type {string[]} */ words) => encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");
  const words = quote.replace(/^- /gm, "").split(/\s+/).filter(Boolean);
  const parts = words.length <= 2 * FRAGMENT_WORDS ? [words] : [words.slice(0, FRAGMENT_WORDS), words.slice(-FRAGMENT_WORDS)];
  return `:~:text=${parts.map(encode).join(",")}`;
}
