// One question of the conversation with its answer, from the moment it is asked.

import { Statements, graveNotices, otherNotices, questionList, suggestion } from "./answer.js";
import { answerActions } from "./actions.js";
import { sourceList } from "./citations.js";
import { button, element, icon, unseen } from "./dom.js";
import { STATUS_HEADINGS } from "./words.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Citation} Citation
 * @typedef {import("./types.js").Statement} Statement
 * @typedef {{client: import("./client.js").Client, ask: (question: string) => void, stop: () => void}} Surroundings
 */

// An answer that is there at once is shown as a whole, its warnings first. One that takes longer is shown as it comes.
const WHOLE_WITHIN_MS = 300;

export class Turn {
  /** @param {string} question @param {Surroundings} surroundings */
  constructor(question, surroundings) {
    this.question = question;
    this.surroundings = surroundings;
    /** @type {Citation[]} */
    this.citations = [];
    /** @type {Statement[]} */
    this.received = [];
    /** @type {Statements | null} */
    this.live = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.title = element("h3", {}, unseen("You asked: "), question);
    this.heading = element("h4", { tabIndex: -1 });
    this.body = element("div", { className: "body" });
    this.element = element("article", {}, this.title, this.heading, this.body);
    this.element.addEventListener("click", (event) => this.#openSource(event));
    this.#label(question);
  }

  /** Says that the guidance is being searched, with a button to stop. */
  wait() {
    const stop = button("secondary", {}, "Stop");
    stop.addEventListener("click", () => this.surroundings.stop());
    this.progress = element("div", { className: "progress" }, element("p", {}, "Searching the guidance", element("span", { className: "dots", ariaHidden: "true" }, "…")), stop);
    this.body.replaceChildren(this.progress);
  }

  /** @param {import("./types.js").StreamEvent} event */
  show(event) {
    if (event.type === "answer.sources") this.citations = event.citations;
    if (event.type === "answer.completed") this.complete(event.answer);
    if (event.type !== "answer.statement") return;
    this.received.push(event.statement);
    if (this.live) this.live.add(event.statement);
    else this.timer ??= setTimeout(() => this.#showLive(), WHOLE_WITHIN_MS);
  }

  /** @param {Answer} answer */
  complete(answer) {
    clearTimeout(this.timer);
    this.answer = answer;
    this.#label(answer.question.trim() || "(not repeated here)");
    this.heading.textContent = STATUS_HEADINGS[answer.status] ?? "Answer";
    const shown = this.live && JSON.stringify(this.received) === JSON.stringify(answer.statements);
    if (shown) this.#finishLive(answer);
    else this.body.replaceChildren(...this.#whole(answer));
    this.body.append(...this.#afterwards(answer));
    this.element.classList.add("complete");
  }

  /** What came so far stays, and is said not to be complete. @param {string} reason where it is said nowhere else */
  breakOff(reason) {
    clearTimeout(this.timer);
    if (this.received.length && !this.live) this.#showLive();
    const again = button("secondary", {}, "Try again");
    again.addEventListener("click", () => this.surroundings.ask(this.question));
    this.heading.textContent = this.received.length ? "Not complete" : "Not answered";
    const words = this.received.length ? `${reason}The quotes above were checked, but more may be missing, warnings too.` : reason;
    const notice = element("div", { className: "broken" }, words ? element("p", { className: "notice grave" }, icon("warning"), element("span", {}, words)) : null, again);
    if (this.progress?.isConnected) this.progress.replaceWith(notice);
    else this.body.append(notice);
    this.slot?.replaceChildren("Not complete: see below.");
    this.element.classList.add("broken-off");
  }

  /** @param {string} question */
  #label(question) {
    this.title.lastChild?.replaceWith(question);
    this.element.ariaLabel = `You asked: ${question}`;
  }

  // What comes at the end is added below, so that nothing that is being read moves. A line above has the room to say so.
  #showLive() {
    const { client } = this.surroundings;
    this.live = new Statements(this.citations, (citation) => client.passageUrl(citation));
    for (const statement of this.received) this.live.add(statement);
    this.slot = element("div", { className: "slot" }, "Still checking. Warnings about these sources come at the end.");
    this.progress?.before(this.slot, this.live.element);
  }

  /** @param {Answer} answer */
  #finishLive(answer) {
    this.progress?.remove();
    const warnings = graveNotices(answer.notices);
    if (warnings) {
      const lead = button("plain", {}, "read the warnings after the quotes");
      lead.addEventListener("click", () => warnings.focus());
      this.slot?.replaceChildren(icon("warning"), element("strong", {}, "Before you rely on this, "), lead);
      this.body.append(warnings);
    } else this.slot?.replaceChildren(icon("done"), "Complete.");
    this.body.append(...suggestion(answer));
  }

  /** @param {Answer} answer */
  #whole(answer) {
    const { client } = this.surroundings;
    const statements = new Statements(answer.citations, (citation) => client.passageUrl(citation));
    for (const statement of answer.statements) statements.add(statement);
    const warnings = graveNotices(answer.notices);
    return [...(warnings ? [warnings] : []), ...(answer.statements.length ? [statements.element] : []), ...suggestion(answer)];
  }

  /** @param {Answer} answer */
  #afterwards(answer) {
    const { client, ask } = this.surroundings;
    return [
      ...otherNotices(answer.notices),
      ...(answer.citations.length ? [sourceList(answer.citations, client, (number) => this.#backTo(number))] : []),
      ...(answer.next_questions?.length ? [questionList("You could ask next", "h5", answer.next_questions, ask)] : []),
      ...answerActions(answer, client),
    ];
  }

  /** @param {MouseEvent} event */
  #openSource(event) {
    const link = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("a[data-source]")) : null;
    const details = link ? this.element.querySelector(`details[data-numbers~="${link.dataset.source}"]`) : null;
    // With a key held, the browser does what that key means: a new tab, a new window.
    if (!(details instanceof HTMLDetailsElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    details.dataset.opened = link?.dataset.source;
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    details.querySelector("summary")?.focus({ preventScroll: true });
  }

  /** @param {number} number */
  #backTo(number) {
    const link = this.element.querySelector(`a[data-source="${number}"]`);
    if (link instanceof HTMLElement) link.focus();
  }
}
