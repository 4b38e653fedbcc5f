// The question box: the field with its count, the button, and what is wrong with a question.

import { button, element, note } from "./dom.js";
import { Failure } from "./failures.js";
import { countOf } from "./words.js";

// As in assistant/query.py.
const LONGEST_QUESTION = 2000;
const COUNT_PAUSE_MS = 1000;
const ANNOUNCE_BELOW = 200;

/** @typedef {{ask: (question: string) => void, startAgain: () => void, announce: (text: string) => void}} Surroundings */

export class Composer {
  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.surroundings = surroundings;
    this.errors = element("ul", { id: "errors", className: "errors", role: "alert" });
    this.offline = note("You are offline. What is shown here stays; asking works again once you are back online.");
    this.field = element("textarea", { id: "question", rows: 2, autocomplete: "off" });
    this.field.setAttribute("aria-describedby", "hint errors count");
    this.count = element("p", { id: "count", className: "quiet" });
    this.send = element("button", { className: "primary" }, "Ask");
    this.startAgain = button("plain", { hidden: true }, "Start again");
    this.element = element(
      "form",
      { className: "composer", noValidate: true },
      this.errors,
      this.offline,
      element("div", { className: "row" }, element("label", { htmlFor: "question" }, "Your question"), this.count),
      element("p", { id: "hint", className: "quiet" }, "Do not type names or anything confidential.", element("span", {}, " Enter sends; Shift and Enter begins a new line.")),
      this.field,
      element("div", { className: "row" }, this.send, this.startAgain),
    );
    this.#listen();
    this.#updateCount();
    this.#showConnection();
  }

  get text() {
    return this.field.value;
  }

  set text(text) {
    this.field.value = text;
    this.#updateCount();
  }

  /** @param {boolean} busy */
  set busy(busy) {
    this.send.setAttribute("aria-disabled", String(busy));
    this.field.readOnly = busy;
  }

  /** Says what is wrong, at the field and with the field in focus; null takes it away. @param {Failure | null} failure */
  fail(failure) {
    this.errors.replaceChildren(...(failure ? [element("li", {}, failure.message)] : []));
    if (failure?.isQuestion) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
    if (failure) this.field.focus();
  }

  /** What can be said of a question without asking. @param {string} question @returns {Failure | null} */
  check(question) {
    const length = [...question.trim()].length;
    if (!length) return new Failure("The question is empty. Type a question about buying technology.", { isQuestion: true });
    if (length <= LONGEST_QUESTION) return null;
    const limit = LONGEST_QUESTION.toLocaleString("en-GB");
    return new Failure(`The question has ${countOf(length, "character")}; at most ${limit} can be read. Ask about one thing at a time.`, { isQuestion: true });
  }

  #listen() {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.surroundings.ask(this.text);
    });
    this.field.addEventListener("input", () => this.#updateCount());
    this.field.addEventListener("keydown", (event) => {
      // An Enter that ends the composition of a character (IME) is not one that sends.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.surroundings.ask(this.text);
    });
    for (const change of ["online", "offline"]) window.addEventListener(change, () => this.#showConnection());
    this.startAgain.addEventListener("click", () => this.surroundings.startAgain());
  }

  #showConnection() {
    this.offline.hidden = navigator.onLine;
  }

  #updateCount() {
    const left = LONGEST_QUESTION - [...this.text.trim()].length;
    this.count.textContent = left < 0 ? `${countOf(-left, "character")} too many` : `${countOf(left, "character")} left`;
    this.count.classList.toggle("error", left < 0);
    // Spoken only near the limit and after a pause: a count at each key would drown the typing.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (left < ANNOUNCE_BELOW) this.surroundings.announce(this.count.textContent ?? "");
    }, COUNT_PAUSE_MS);
  }
}
