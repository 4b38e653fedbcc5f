// An answer to be pasted elsewhere with its references, as plain text and as markup.

import { element, textBlocks } from "./dom.js";
import { CHECK_FIRST, GRAVE_NOTICES, STATUS_HEADINGS, kindOfText, originalOf, readableDate } from "./words.js";

/** @param {Answer} answer @param {Client} client */
export async function copyToClipboard(answer, client) {
  const blocks = asBlocks(answer, client);
  const text = blocks.map((block) => (block.matches("ul") ? [...block.children].map((item) => `- ${item.textContent}`).join("\n") : block.textContent)).join("\n");
  const html = blocks.map((block) => new XMLSerializer().serializeToString(block)).join("");
  const typed = Object.entries({ "text/plain": text, "text/html": html }).map(([type, content]) => [type, new Blob([content], { type })]);
  try {
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(typed))]);
  } catch {
    await navigator.clipboard.writeText(text);
  }
}

/** @param {Answer} answer @param {Client} client */
function asBlocks({ id, question, status, statements, citations, notices, suggestion }, client) {
  const numbered = (/** @type {Statement} */ { text, kind, citations: numbers }) =>
    textBlocks(`${kind === "quoted" ? `“${text}”` : text} [${numbers.join("] [")}]`);
  return [
    element("h3", {}, question),
    element("p", {}, STATUS_HEADINGS[status] ?? "Answer"),
    ...notices.flatMap(({ kind, text }) => textBlocks(GRAVE_NOTICES[kind] ? `${GRAVE_NOTICES[kind]}: ${text}` : text)),
    ...statements.flatMap(numbered),
    ...textBlocks(suggestion ?? ""),
    ...citations.map((citation) => reference(citation, client)),
    element("p", {}, `Answer ${id}, copied on ${readableDate(new Date().toISOString().slice(0, 10))}. ${CHECK_FIRST}`),
  ];
}

/** @param {Citation} citation @param {Client} client */
function reference(citation, client) {
  const facts = [citation.title, citation.publisher, citation.published && readableDate(citation.published)];
  const links = [client.passageUrl(citation), originalOf(citation)?.href].flatMap((href) => (href ? [" ", element("a", { href }, href)] : []));
  return element("p", {}, `[${citation.number}] ${facts.filter(Boolean).join(", ")} (${kindOfText(citation.content)}, ${citation.source_status}).`, ...links);
}
