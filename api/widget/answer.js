// The parts of an answer as elements: quotes with their numbers, notices, what to ask next.

import { button, element, icon, textBlocks, unseen } from "./dom.js";
import { GRAVE_NOTICES, STATUS_HEADINGS, countOf } from "./words.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Citation} Citation
 * @typedef {import("./types.js").Notice} Notice
 * @typedef {import("./types.js").Statement} Statement
 */

/** Statements in the order in which they come, those of one source under its name. */
export class Statements {
  /**
   * @param {Citation[]} citations
   * @param {(citation: Citation) => string} addressOf the page of a passage
   */
  constructor(citations, addressOf) {
    this.byNumber = new Map(citations.map((citation) => [citation.number, citation]));
    this.addressOf = addressOf;
    this.element = element("div", { className: "statements" }, element("p", {}, "Guidance held on this:"));
    this.source = "";
    /** @type {HTMLElement} */
    this.group = this.element;
  }

  /** @param {Statement} statement */
  add(statement) {
    const citation = this.byNumber.get(statement.citations[0]);
    if (citation && citation.source_id !== this.source) {
      this.source = citation.source_id;
      this.group = element("div", { className: "group" }, element("p", { className: "from" }, `${citation.publisher}, ${citation.title}`));
      this.element.append(this.group);
    }
    this.group.append(this.#row(statement));
  }

  /** @param {Statement} statement */
  #row(statement) {
    const isQuote = statement.kind === "quoted";
    // Only what is quoted is marked up as a quotation; a statement that was verified is in other words.
    const body = element(isQuote ? "blockquote" : "div", { className: "words" }, ...textBlocks(isQuote ? `“${statement.text}”` : statement.text));
    const references = element("span", { className: "references" });
    for (const number of statement.citations) references.append(" ", this.#reference(number));
    (body.lastElementChild?.matches("ul") ? body.lastElementChild.lastElementChild : body.lastElementChild)?.append(references);
    return body;
  }

  /** A link to the page of the passage; a press opens it in place, once the sources are there. @param {number} number */
  #reference(number) {
    const citation = this.byNumber.get(number);
    const link = element("a", { target: "_blank", rel: "noopener noreferrer", ariaLabel: `Source ${number}` }, `[${number}]`);
    if (citation) link.href = this.addressOf(citation);
    link.dataset.source = String(number);
    return link;
  }
}

/** Notices that must be known before the quotes, or null. @param {Notice[]} notices */
export function graveNotices(notices) {
  const grave = notices.filter((notice) => notice.kind in GRAVE_NOTICES);
  if (!grave.length) return null;
  const items = grave.map(({ kind, text }) => {
    const [first, ...others] = textBlocks(text);
    first?.prepend(element("strong", {}, `${GRAVE_NOTICES[kind]}: `));
    return element("li", {}, ...(first ? [first] : []), ...others);
  });
  const heading = element("h5", {}, icon("warning"), "Before you rely on this");
  return element("section", { className: "notice grave", tabIndex: -1 }, heading, element("ul", {}, ...items));
}

/** The notices that may be read after the quotes. @param {Notice[]} notices */
export function otherNotices(notices) {
  return notices
    .filter((notice) => !(notice.kind in GRAVE_NOTICES))
    .map(({ text }) => element("div", { className: "notice" }, icon("information"), element("div", {}, unseen("Note: "), ...textBlocks(text))));
}

/** @param {Answer} answer */
export function suggestion(answer) {
  return answer.suggestion ? [element("div", { className: "suggestion" }, ...textBlocks(answer.suggestion))] : [];
}

/**
 * Questions that are asked at a press.
 *
 * @param {string} title
 * @param {string} level the name of the heading element
 * @param {string[]} questions
 * @param {(question: string) => void} ask
 */
export function questionList(title, level, questions, ask) {
  const items = questions.map((question) => {
    const press = button("question", {}, question);
    press.addEventListener("click", () => ask(question));
    return element("li", {}, press);
  });
  const heading = element(/** @type {"h3"} */ (level), {}, title);
  return element("section", { className: "questions" }, heading, element("ul", {}, ...items));
}

/** The answer as it is said, once, to people who don't see it appear. @param {Answer} answer */
export function spoken(answer) {
  const grave = answer.notices.filter((notice) => notice.kind in GRAVE_NOTICES).map(({ kind, text }) => `${GRAVE_NOTICES[kind]}: ${text}`);
  const quotes = answer.statements.map(({ text, citations }) => `${text.replace(/^- /gm, "")} Source ${citations.join(", ")}.`);
  const sources = new Set(answer.citations.map((citation) => citation.source_id)).size;
  const counted = quotes.length ? `${countOf(quotes.length, "quote")} from ${countOf(sources, "source")}.` : "";
  const heading = `${STATUS_HEADINGS[answer.status] ?? "Answer"}.`;
  return [heading, counted, ...grave, ...quotes, answer.suggestion ?? ""].filter(Boolean).join(" ");
}
