// The question box.

import { button, element, note } from "./dom.js";
import { questionFailure } from "./failures.js";
import { countOf } from "./words.js";

// As in assistant/query.py.
const LONGEST_QUESTION = 2000;
const COUNT_PAUSE_MS = 1000;
const ANNOUNCE_BELOW = 200;
const OFFLINE = "You are offline. What is shown here stays; asking works again once you are back online.";

export class Composer {
  /** @param {Ask} ask @param {() => void} startAgain @param {(text: string) => void} announce */
  constructor(ask, startAgain, announce) {
    this.announce = announce;
    this.errors = element("div", { id: "errors", className: "error", role: "alert" });
    this.offline = element("div", { role: "status" });
    this.field = element("textarea", { id: "question", rows: 2, autocomplete: "off" });
    this.field.setAttribute("aria-describedby", "hint errors count");
    this.count = element("p", { id: "count", className: "quiet" });
    this.send = element("button", "primary", "Ask");
    this.startAgain = button("plain", startAgain, "Start again");
    const hint = "Do not type names or anything confidential.";
    this.element = element(
      "form",
      { className: "composer", noValidate: true },
      this.errors,
      this.offline,
      element("div", "row", element("label", { htmlFor: "question" }, "Your question"), this.count),
      element("p", { id: "hint", className: "quiet" }, hint, element("span", {}, " Enter sends; Shift and Enter begins a new line.")),
      this.field,
      element("div", "row", this.send, this.startAgain),
    );
    this.#listen(() => ask(this.text));
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
    this.send.ariaDisabled = String(busy);
    this.field.readOnly = busy;
  }

  /** Says what is wrong, with the field in focus. @param {Failure | null} failure */
  fail(failure) {
    this.errors.replaceChildren(...(failure ? [element("ul", {}, element("li", {}, failure.message))] : []));
    this.field.ariaInvalid = String(failure?.isQuestion ?? false);
    if (failure) this.field.focus();
  }

  /** What can be said of a question without asking. @param {string} question */
  check(question) {
    const length = [...question.trim()].length;
    if (!length) return questionFailure("The question is empty. Type a question about buying technology.");
    if (length <= LONGEST_QUESTION) return null;
    const limit = LONGEST_QUESTION.toLocaleString("en-GB");
    return questionFailure(`The question has ${countOf(length, "character")}; at most ${limit} can be read. Ask about one thing at a time.`);
  }

  /** @param {() => void} ask */
  #listen(ask) {
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
    this.field.addEventListener("input", () => this.#updateCount());
    this.field.addEventListener("keydown", (event) => {
      // An Enter that ends the composition of a character (IME) is not one that sends.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      ask();
    });
    for (const change of ["online", "offline"]) window.addEventListener(change, () => this.#showConnection());
  }

  #showConnection() {
    this.offline.replaceChildren(...(navigator.onLine ? [] : [note("information", OFFLINE)]));
  }

  #updateCount() {
    const left = LONGEST_QUESTION - [...this.text.trim()].length;
    this.count.textContent = left < 0 ? `${countOf(-left, "character")} too many` : `${countOf(left, "character")} left`;
    this.count.classList.toggle("error", left < 0);
    // Spoken only near the limit and after a pause: a count at each key would drown the typing.
    clearTimeout(this.timer);
    this.timer = setTimeout(() => left < ANNOUNCE_BELOW && this.announce(this.count.textContent ?? ""), COUNT_PAUSE_MS);
  }
}
