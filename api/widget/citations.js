// The sources of an answer: each citation opens its passage in place, with the quote marked.

import { button, element, groupBy, icon, newTabLink, textBlocks, unseen } from "./dom.js";
import { SOURCE_STATUSES, kindOfText, originalOf, placeOf, readableDate, readableName } from "./words.js";

/**
 * @typedef {import("./types.js").Citation} Citation
 * @typedef {import("./types.js").Passage} Passage
 * @typedef {import("./client.js").Client} Client
 */

/**
 * The sources, each with its citations.
 *
 * @param {Citation[]} citations
 * @param {Client} client
 * @param {(number: number) => void} goBack leads from a citation to the statement that it stands behind
 */
export function sourceList(citations, client, goBack) {
  const groups = groupBy(citations, (citation) => citation.source_id);
  return element(
    "section",
    { className: "sources" },
    element("h5", {}, "Sources"),
    element("ul", {}, ...groups.map((group) => sourceItem(group, client, goBack))),
  );
}

/** @param {Citation[]} citations of one source @param {Client} client @param {(number: number) => void} goBack */
function sourceItem(citations, client, goBack) {
  const [first] = citations;
  const facts = [first.publisher, first.published && readableDate(first.published), kindOfText(first.content)];
  const original = originalOf({ ...first, content: "digest" });
  return element(
    "li",
    {},
    element("p", { className: "source-title" }, first.title),
    element("p", { className: "quiet" }, facts.filter(Boolean).join(" · "), ...statusTag(first.source_status)),
    original ? element("p", { className: "printed quiet" }, original.href) : null,
    ...citations.map((citation) => citationDetails(citation, client, goBack)),
  );
}

/** @param {string} status */
function statusTag(status) {
  return status === "current" ? [] : [" · ", element("strong", { className: "tag" }, icon("warning"), status)];
}

/** @param {Citation} citation @param {Client} client @param {(number: number) => void} goBack */
function citationDetails(citation, client, goBack) {
  const passage = element("div", { className: "passage" });
  const original = originalOf(citation);
  const back = button("plain", {}, `Back to quote ${citation.number}`);
  back.addEventListener("click", () => goBack(citation.number));
  const details = element(
    "details",
    { className: "citation" },
    element("summary", {}, `[${citation.number}] `, unseen("Passage: "), placeOf(citation) || "the passage quoted"),
    passage,
    element(
      "p",
      { className: "links" },
      newTabLink(client.passageUrl(citation), `Passage ${citation.number} on its page`),
      original ? newTabLink(original.href, `Original at ${original.host}`) : null,
      back,
    ),
  );
  details.dataset.number = String(citation.number);
  details.addEventListener("toggle", () => {
    if (details.open && !passage.hasChildNodes()) fill(passage, citation, client);
  });
  return details;
}

/** @param {HTMLElement} place @param {Citation} citation @param {Client} client */
async function fill(place, citation, client) {
  place.replaceChildren(element("p", { className: "loading" }, "Loading the passage…"));
  try {
    const passage = await client.passage(citation.passage_id);
    place.replaceChildren(...(passage ? held(passage, citation) : noLongerHeld(citation)));
  } catch {
    const again = button("plain", {}, "Try again");
    again.addEventListener("click", () => fill(place, citation, client));
    place.replaceChildren(element("p", {}, "The passage could not be loaded. ", again));
  }
}

/** @param {Passage} passage @param {Citation} citation */
function held(passage, citation) {
  const start = passage.text.indexOf(citation.quote);
  const end = start + citation.quote.length;
  const text = element("div", { className: "text" }, ...textBlocks(passage.text, (line, at) => marked(line, start - at, end - at)));
  return [start < 0 ? changed("The quoted words are no longer in this passage; it is shown as it is held now.") : null, text, facts(passage)]
    .filter((part) => part !== null);
}

/** @param {Citation} citation */
function noLongerHeld(citation) {
  return [
    changed("This passage is no longer held: it was changed or withdrawn after you asked. Ask again for what is held now."),
    element("blockquote", { className: "text" }, ...textBlocks(citation.quote)),
  ];
}

/** @param {string} text */
function changed(text) {
  return element("p", { className: "notice grave" }, icon("warning"), element("span", {}, text));
}

/** A line in which what lies between two offsets is marked. @param {string} line @param {number} start @param {number} end */
function marked(line, start, end) {
  const [from, to] = [start, end].map((offset) => Math.min(Math.max(offset, 0), line.length));
  if (from >= to || start === end) return [line];
  const mark = element("mark", {}, unseen("[quote starts] "), line.slice(from, to), unseen(" [quote ends]"));
  return [line.slice(0, from), mark, line.slice(to)];
}

/** @param {Passage} passage */
function facts({ source }) {
  const published = source.published && readableDate(source.published);
  const rows = [
    ["Publisher", source.publisher],
    ["Published", published && [published, source.published_note && `(${source.published_note})`].filter(Boolean).join(" ")],
    ["Status", SOURCE_STATUSES[source.status] ?? source.status],
    ["Text", kindOfText(source.content)],
    ["Applies in", source.nations.map(readableName).join(", ")],
    ["Licence", source.licence],
  ];
  const shown = rows.filter(([, value]) => value).map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)),
  );
  return element("dl", { className: "facts" }, ...shown);
}
