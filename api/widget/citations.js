// The sources of an answer. Each passage opens in place, with what is quoted of it marked.

import { button, element, groupBy, icon, newTabLink, note, textBlocks, unseen } from "./dom.js";
import { NATIONS, SOURCE_STATUSES, kindOfText, originalOf, placeOf, readableDate } from "./words.js";

/** @param {Citation[]} citations @param {Client} client @param {(number: number) => void} goBack to the statement with that number */
export function sourceList(citations, client, goBack) {
  const items = groupBy(citations, (citation) => citation.source_id).map((ofSource) => {
    const [first] = ofSource;
    const facts = [first.publisher, first.published && readableDate(first.published), kindOfText(first.content)];
    const status = first.source_status === "current" ? [] : [" · ", element("strong", {}, icon("warning"), first.source_status)];
    const original = originalOf({ ...first, content: "digest" });
    const passages = groupBy(ofSource, (citation) => citation.passage_id);
    return element(
      "li",
      {},
      element("p", "from", first.title),
      element("p", "quiet", facts.filter(Boolean).join(" · "), ...status),
      original && element("p", "printed quiet", original.href),
      ...passages.map((ofPassage) => passageDetails(ofPassage, client, goBack)),
    );
  });
  return element("section", "sources", element("h5", {}, "Sources"), element("ul", {}, ...items));
}

/** @param {Citation[]} citations of one passage @param {Client} client @param {(number: number) => void} goBack */
function passageDetails(citations, client, goBack) {
  const [first] = citations;
  const numbers = citations.map(({ number }) => number);
  const place = element("div", "passage");
  const original = originalOf(first);
  const details = element(
    "details",
    {},
    element("summary", {}, `[${numbers.join("] [")}] `, placeOf(first) || "the passage quoted"),
    place,
    element(
      "p",
      "links",
      newTabLink(client.passageUrl(first), "Passage on its page (new tab)"),
      original && newTabLink(original.href, `Original at ${original.host} (new tab)`),
      button("plain", () => goBack(Number(details.dataset.opened ?? first.number)), "Back to the quote"),
    ),
  );
  details.dataset.numbers = numbers.join(" ");
  details.addEventListener("toggle", () => {
    if (details.open && !place.hasChildNodes()) fill(place, citations, client);
  });
  return details;
}

/** @param {HTMLElement} place @param {Citation[]} citations of one passage @param {Client} client */
async function fill(place, citations, client) {
  place.replaceChildren("Loading the passage…");
  try {
    const passage = await client.passage(citations[0].passage_id);
    place.replaceChildren(...(passage ? held(passage, citations) : noLongerHeld(citations)));
  } catch {
    const again = button("plain", () => fill(place, citations, client), "Try again");
    place.replaceChildren(element("p", {}, "The passage could not be loaded. ", again));
  }
}

/** @param {Passage} passage @param {Citation[]} citations */
function held({ text, source }, citations) {
  const quoted = citations
    .map(({ quote, number }) => ({ start: text.indexOf(quote), end: text.indexOf(quote) + quote.length, number }))
    .filter(({ start }) => start >= 0)
    .sort((one, other) => one.start - other.start);
  const shown = element("div", "text", ...textBlocks(text, (line, at) => marked(line, at, quoted)));
  if (quoted.length === citations.length) return [shown, facts(source)];
  return [note("warning", "Words that were quoted are no longer in this passage; it is shown as it is held now."), shown, facts(source)];
}

/** @param {Citation[]} citations */
function noLongerHeld(citations) {
  const quotes = citations.map(({ quote }) => element("blockquote", "text", ...textBlocks(quote)));
  return [note("warning", "This passage is no longer held: it was changed or withdrawn after you asked. Ask again for what is held now."), ...quotes];
}

/**
 * A line with what is quoted marked, and the number of the citation where the quote ends.
 *
 * @param {string} line
 * @param {number} at its offset in the text
 * @param {{start: number, end: number, number: number}[]} quoted in order, as offsets in the text
 */
function marked(line, at, quoted) {
  const parts = [];
  let done = 0;
  for (const { start, end, number } of quoted) {
    const [from, to] = [Math.max(start - at, done), Math.min(end - at, line.length)];
    if (from >= to) continue;
    const mark = element("mark", {}, unseen(`[quote ${number} starts] `), line.slice(from, to), unseen(` [quote ${number} ends]`));
    parts.push(line.slice(done, from), mark);
    if (end - at <= line.length) parts.push(element("span", { className: "quiet", ariaHidden: "true" }, ` [${number}]`));
    done = to;
  }
  return [...parts, line.slice(done)];
}

/** @param {Source} source */
function facts(source) {
  const published = [source.published && readableDate(source.published), source.published_note && `(${source.published_note})`];
  const rows = {
    Publisher: source.publisher,
    Published: published.filter(Boolean).join(" "),
    Status: SOURCE_STATUSES[source.status] ?? source.status,
    Text: kindOfText(source.content),
    "Applies in": source.nations.map((nation) => NATIONS[nation] ?? nation).join(", "),
    Licence: source.licence,
  };
  const known = Object.entries(rows).filter(([, value]) => value);
  return element("dl", {}, ...known.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}
