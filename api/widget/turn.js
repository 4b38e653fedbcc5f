// One question of the conversation with its answer, from the moment it is asked.

import { Statements, graveNotices, otherNotices, questionList } from "./answer.js";
import { answerActions } from "./actions.js";
import { sourceList } from "./citations.js";
import { button, element, icon, note, textBlocks, unseen } from "./dom.js";
import { STATUS_HEADINGS } from "./words.js";

// What is there at once is shown as a whole, its warnings first; what takes longer is shown as it comes.
const WHOLE_WITHIN_MS = 300;

export class Turn {
  /** @param {string} question @param {Client} client @param {Ask} ask */
  constructor(question, client, ask) {
    this.question = question;
    this.client = client;
    this.ask = ask;
    /** @type {Citation[]} */
    this.citations = [];
    /** @type {Statement[]} */
    this.received = [];
    /** @type {Statements | null} */
    this.live = null;
    this.timer = 0;
    this.title = element("h3");
    this.heading = element("h4", { tabIndex: -1 });
    this.body = element("div", "body");
    this.element = element("article", {}, this.title, this.heading, this.body);
    this.element.addEventListener("click", (event) => this.#openSource(event));
    this.#entitle(question);
  }

  /** @param {() => void} stop */
  wait(stop) {
    const dots = element("span", { className: "dots", ariaHidden: "true" }, "…");
    this.progress = element("div", "row progress", element("p", {}, "Searching the guidance", dots), button("secondary", stop, "Stop"));
    this.body.append(this.progress);
  }

  /** @param {StreamEvent} event */
  show(event) {
    if (event.type === "answer.sources") {
      this.citations = event.citations;
      this.live?.know(event.citations);
    }
    if (event.type === "answer.completed") this.complete(event.answer);
    if (event.type !== "answer.statement") return;
    this.received.push(event.statement);
    if (this.live) this.live.add(event.statement);
    else this.timer ||= setTimeout(() => this.#showLive(), WHOLE_WITHIN_MS);
  }

  /** @param {Answer} answer */
  complete(answer) {
    clearTimeout(this.timer);
    this.answer = answer;
    this.#entitle(answer.question.trim() || "(not repeated here)");
    this.heading.textContent = STATUS_HEADINGS[answer.status] ?? "Answer";
    const warnings = graveNotices(answer.notices);
    const { statements, citations } = answer;
    if (this.live && JSON.stringify(this.received) === JSON.stringify(statements)) this.#finishLive(warnings);
    else this.body.replaceChildren(warnings ?? "", statements.length ? new Statements(statements, citations, this.client).element : "");
    this.body.append(...this.#afterwards(answer));
    this.element.classList.add("complete");
  }

  /** What came so far stays. @param {string} reason where it is said nowhere else */
  breakOff(reason) {
    clearTimeout(this.timer);
    if (this.received.length && !this.live) this.#showLive();
    const isPart = this.received.length > 0;
    this.heading.textContent = isPart ? "Not complete" : "Not answered";
    const words = isPart ? `${reason}Do not rely on this: quotes and warnings may be missing.` : reason;
    if (this.live) this.progress?.replaceChildren("Not complete: see below.");
    else this.progress?.remove();
    this.body.append(...(words ? [note("warning", words)] : []), button("secondary", () => this.ask(this.question), "Try again"));
  }

  /** @param {string} question */
  #entitle(question) {
    this.title.replaceChildren(unseen("You asked: "), question);
    this.element.ariaLabel = `You asked: ${question}`;
  }

  // What comes later is added below, so that nothing that is being read moves.
  #showLive() {
    this.live = new Statements(this.received, this.citations, this.client);
    this.body.append(this.live.element);
  }

  /** @param {HTMLElement | null} warnings */
  #finishLive(warnings) {
    if (!warnings) return this.progress?.replaceChildren(icon("done"), "Complete.");
    const lead = button("plain", () => warnings.focus(), "read the warnings after the quotes");
    this.progress?.replaceChildren(icon("warning"), element("strong", {}, "Before you rely on this:"), lead);
    this.body.append(warnings);
  }

  /** @param {Answer} answer */
  #afterwards(answer) {
    const { suggestion, notices, citations, next_questions: next = [] } = answer;
    return [
      ...textBlocks(suggestion ?? ""),
      ...otherNotices(notices),
      ...(citations.length ? [sourceList(citations, this.client, (number) => this.#link(number)?.focus())] : []),
      ...(next.length ? [questionList("You could ask next", "h5", next, this.ask)] : []),
      ...answerActions(answer, this.client),
    ];
  }

  /** @param {number} number @returns {HTMLElement | null} */
  #link(number) {
    return this.element.querySelector(`a[data-source="${number}"]`);
  }

  /** @param {MouseEvent} event */
  #openSource(event) {
    const link = event.target instanceof HTMLElement ? event.target.closest("a") : null;
    const number = link?.dataset.source;
    /** @type {HTMLDetailsElement | null} */
    const details = this.element.querySelector(`details[data-numbers~="${number}"]`);
    // With a key held, the browser does what that key means: a new tab, a new window.
    if (!details || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    details.dataset.opened = number;
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    details.querySelector("summary")?.focus({ preventScroll: true });
  }
}
