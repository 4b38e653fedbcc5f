// The sources of an answer. Each passage opens in place, with what is quoted of it marked.

import { button, element, groupBy, icon, newTabLink, textBlocks, unseen } from "./dom.js";
import { SOURCE_STATUSES, kindOfText, originalOf, placeOf, readableDate, readableName } from "./words.js";

/**
 * @typedef {import("./types.js").Citation} Citation
 * @typedef {import("./client.js").Client} Client
 * @typedef {{start: number, end: number, number: number}} Quoted offsets in a text, and the number of the citation
 */

/**
 * The sources, each with the passages that are cited.
 *
 * @param {Citation[]} citations
 * @param {Client} client
 * @param {(number: number) => void} goBack leads from a passage to the statement that it stands behind
 */
export function sourceList(citations, client, goBack) {
  const items = groupBy(citations, (citation) => citation.source_id).map((ofSource) => {
    const [first] = ofSource;
    const facts = [first.publisher, first.published && readableDate(first.published), kindOfText(first.content)];
    const original = originalOf({ ...first, content: "digest" });
    const passages = groupBy(ofSource, (citation) => citation.passage_id);
    return element(
      "li",
      {},
      element("p", { className: "source-title" }, first.title),
      element("p", { className: "quiet" }, facts.filter(Boolean).join(" · "), ...statusTag(first.source_status)),
      original ? element("p", { className: "printed quiet" }, original.href) : null,
      ...passages.map((ofPassage) => passageDetails(ofPassage, client, goBack)),
    );
  });
  return element("section", { className: "sources" }, element("h5", {}, "Sources"), element("ul", {}, ...items));
}

/** @param {string} status */
function statusTag(status) {
  return status === "current" ? [] : [" · ", element("strong", { className: "tag" }, icon("warning"), status)];
}

/** @param {Citation[]} citations of one passage @param {Client} client @param {(number: number) => void} goBack */
function passageDetails(citations, client, goBack) {
  const [first] = citations;
  const numbers = citations.map(({ number }) => `[${number}]`).join(" ");
  const place = element("div", { className: "passage" });
  const original = originalOf(first);
  const back = button("plain", {}, "Back to the quote");
  const details = element(
    "details",
    { className: "citation" },
    element("summary", {}, `${numbers} `, unseen("Passage: "), placeOf(first) || "the passage quoted"),
    place,
    element(
      "p",
      { className: "links" },
      newTabLink(client.passageUrl(first), "Passage on its page"),
      original ? newTabLink(original.href, `Original at ${original.host}`) : null,
      back,
    ),
  );
  details.dataset.numbers = citations.map(({ number }) => number).join(" ");
  back.addEventListener("click", () => goBack(Number(details.dataset.opened ?? first.number)));
  details.addEventListener("toggle", () => {
    if (details.open && !place.hasChildNodes()) fill(place, citations, client);
  });
  return details;
}

/** @param {HTMLElement} place @param {Citation[]} citations of one passage @param {Client} client */
async function fill(place, citations, client) {
  place.replaceChildren(element("p", {}, "Loading the passage…"));
  try {
    const passage = await client.passage(citations[0].passage_id);
    place.replaceChildren(...(passage ? held(passage, citations) : noLongerHeld(citations)));
  } catch {
    const again = button("plain", {}, "Try again");
    again.addEventListener("click", () => fill(place, citations, client));
    place.replaceChildren(element("p", {}, "The passage could not be loaded. ", again));
  }
}

/** @param {import("./types.js").Passage} passage @param {Citation[]} citations */
function held(passage, citations) {
  const quoted = citations
    .map(({ quote, number }) => ({ start: passage.text.indexOf(quote), end: passage.text.indexOf(quote) + quote.length, number }))
    .filter(({ start }) => start >= 0)
    .sort((one, other) => one.start - other.start);
  const text = element("div", { className: "text" }, ...textBlocks(passage.text, (line, at) => marked(line, at, quoted)));
  const isWhole = quoted.length === citations.length;
  return [...(isWhole ? [] : [changed("Words that were quoted are no longer in this passage; it is shown as it is held now.")]), text, facts(passage.source)];
}

/** @param {Citation[]} citations */
function noLongerHeld(citations) {
  const quotes = citations.map(({ quote }) => element("blockquote", { className: "text" }, ...textBlocks(quote)));
  return [changed("This passage is no longer held: it was changed or withdrawn after you asked. Ask again for what is held now."), ...quotes];
}

/** @param {string} text */
function changed(text) {
  return element("p", { className: "notice grave" }, icon("warning"), element("span", {}, text));
}

/**
 * A line in which what is quoted is marked, with the number of its citation where the quote ends.
 *
 * @param {string} line
 * @param {number} at its offset in the text
 * @param {Quoted[]} quoted by their start
 */
function marked(line, at, quoted) {
  const parts = [];
  let done = 0;
  for (const { start, end, number } of quoted) {
    const [from, to] = [Math.max(start - at, done), Math.min(end - at, line.length)];
    if (from >= to) continue;
    parts.push(line.slice(done, from), element("mark", {}, unseen(`[quote ${number} starts] `), line.slice(from, to), unseen(` [quote ${number} ends]`)));
    if (end - at <= line.length) parts.push(element("span", { className: "quiet", ariaHidden: "true" }, ` [${number}]`));
    done = to;
  }
  return [...parts, line.slice(done)];
}

/** @param {import("./types.js").Source} source */
function facts(source) {
  const published = [source.published && readableDate(source.published), source.published_note && `(${source.published_note})`];
  const rows = {
    Publisher: source.publisher,
    Published: published.filter(Boolean).join(" "),
    Status: SOURCE_STATUSES[source.status] ?? source.status,
    Text: kindOfText(source.content),
    "Applies in": source.nations.map(readableName).join(", "),
    Licence: source.licence,
  };
  const known = Object.entries(rows).filter(([, value]) => value);
  return element("dl", { className: "facts" }, ...known.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}
