// The parts of an answer as elements: quotes with their numbers, notices, what to ask next.

import { button, element, icon, newTabLink, note, textBlocks, unseen } from "./dom.js";
import { GRAVE_NOTICES, STATUS_HEADINGS, countOf } from "./words.js";

/** Statements as they come, those of one source under its name. */
export class Statements {
  /** @param {Statement[]} statements the first of them @param {Citation[]} citations @param {Client} client */
  constructor(statements, citations, client) {
    /** @type {Map<number, Citation>} */
    this.byNumber = new Map();
    this.know(citations);
    this.client = client;
    this.element = element("div", "statements", element("p", {}, "Guidance held on this:"));
    this.source = "";
    /** @type {HTMLElement} */
    this.group = this.element;
    for (const statement of statements) this.add(statement);
  }

  /** @param {Citation[]} citations */
  know(citations) {
    for (const citation of citations) this.byNumber.set(citation.number, citation);
  }

  /** @param {Statement} statement */
  add({ text, kind, citations }) {
    const citation = this.byNumber.get(citations[0]);
    if (citation && citation.source_id !== this.source) {
      this.source = citation.source_id;
      this.group = element("div", "group", element("p", "from", `${citation.publisher}, ${citation.title}`));
      this.element.append(this.group);
    }
    // A statement that was verified is in other words, so it is no quotation.
    const isQuote = kind === "quoted";
    const words = element(isQuote ? "blockquote" : "div", "words", ...textBlocks(isQuote ? `“${text}”` : text));
    const last = words.lastElementChild?.matches("ul") ? words.lastElementChild.lastElementChild : words.lastElementChild;
    last?.append(element("span", "references", ...citations.flatMap((number) => [" ", this.#reference(number)])));
    this.group.append(words);
  }

  /** Leads to the passage's page; once the sources are there, a press opens it in place. @param {number} number */
  #reference(number) {
    const citation = this.byNumber.get(number);
    const link = newTabLink(citation ? this.client.passageUrl(citation) : "", `[${number}]`);
    link.ariaLabel = `Source ${number}`;
    link.dataset.source = String(number);
    return link;
  }
}

/** Those to be known before the quotes, or null. @param {Notice[]} notices */
export function graveNotices(notices) {
  const grave = notices.filter((notice) => notice.kind in GRAVE_NOTICES);
  const items = grave.map(({ kind, text }) => {
    const blocks = textBlocks(text);
    blocks[0]?.prepend(element("strong", {}, `${GRAVE_NOTICES[kind]}: `));
    return element("li", {}, ...blocks);
  });
  const heading = element("h5", {}, icon("warning"), "Before you rely on this");
  return grave.length ? element("section", { className: "notice grave", tabIndex: -1 }, heading, element("ul", {}, ...items)) : null;
}

/** Those that may be read after the quotes. @param {Notice[]} notices */
export function otherNotices(notices) {
  const others = notices.filter((notice) => !(notice.kind in GRAVE_NOTICES));
  return others.map(({ text }) => note("information", unseen("Note: "), ...textBlocks(text)));
}

/** @param {string} title @param {"h3" | "h5"} level @param {string[]} questions @param {Ask} ask */
export function questionList(title, level, questions, ask) {
  const items = questions.map((question) => element("li", {}, button("question", () => ask(question), question)));
  return element("section", "questions", element(level, {}, title), element("ul", {}, ...items));
}

/** The answer as it is said, once, to people who don't see it appear. @param {Answer} answer */
export function spoken({ status, statements, citations, notices, suggestion }) {
  const grave = notices.filter(({ kind }) => kind in GRAVE_NOTICES).map(({ kind, text }) => `${GRAVE_NOTICES[kind]}: ${text}`);
  const quotes = statements.map(({ text, citations: numbers }) => `${text.replace(/^- /gm, "")} Source ${numbers.join(", ")}.`);
  const sources = new Set(citations.map((citation) => citation.source_id)).size;
  const counted = quotes.length && `${countOf(quotes.length, "quote")} from ${countOf(sources, "source")}.`;
  return [`${STATUS_HEADINGS[status] ?? "Answer"}.`, counted, ...grave, ...quotes, suggestion].filter(Boolean).join(" ");
}
