// The conversation: what was asked, the question box, and what is going on.

import { questionList, spoken } from "./answer.js";
import { Composer } from "./composer.js";
import { button, element, note } from "./dom.js";
import { failureOf } from "./failures.js";
import { Turn } from "./turn.js";
import { CHECK_FIRST } from "./words.js";

const ABOUT = "Answers are exact quotes from guidance that this service holds, with their sources. They are not legal advice. ";
const DELETES = "This deletes the questions, answers and feedback of this conversation for good. Copy what you need first.";
const SAID_FOR_MS = 1000;

export class Conversation {
  /** @param {Client} client @param {string} heading */
  constructor(client, heading) {
    this.client = client;
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {Turn | null} */
    this.failed = null;
    this.ask = this.ask.bind(this);
    this.composer = new Composer(this.ask, () => this.#confirmStartAgain(), (text) => this.#announce(text));
    this.said = element("p", { className: "unseen", role: "status" });
    this.turns = element("section", { className: "turns", ariaLabel: "Questions and answers" });
    this.confirm = element("div");
    this.opening = element("div", "opening");
    const about = element("p", {}, ABOUT, element("strong", {}, CHECK_FIRST));
    this.element = element("div", "conversation", element("h2", heading ? {} : "unseen", heading || "Questions and answers"), about, this.turns, this.confirm, this.composer.element, this.opening, this.said);
    this.#restore();
  }

  /** Done once the answer, or why there is none, is shown. @param {string} question */
  async ask(question) {
    if (this.asking) return;
    const wrong = this.composer.check(question);
    this.composer.text = question;
    this.composer.fail(wrong);
    if (wrong) return;
    const asking = (this.asking = new AbortController());
    const turn = this.#begin(question, () => asking.abort());
    try {
      for await (const event of this.client.ask(question, asking.signal)) turn.show(event);
      this.#finish(turn);
    } catch (cause) {
      this.#breakOff(turn, asking.signal.aborted ? null : failureOf(cause));
    } finally {
      this.asking = null;
      this.composer.busy = false;
    }
  }

  /** @param {string} question @param {() => void} stop */
  #begin(question, stop) {
    // A new attempt takes the place of the one that failed; quotes that another question got stay.
    if (this.failed && (this.failed.question === question || !this.failed.received.length)) this.failed.element.remove();
    this.failed = null;
    this.opening.remove();
    this.confirm.replaceChildren();
    const turn = this.#addTurn(question);
    for (const each of this.turns.children) each.classList.toggle("newest", each === turn.element);
    turn.wait(stop);
    this.composer.busy = true;
    this.composer.startAgain.hidden = false;
    this.#announce("Searching the guidance…");
    turn.element.scrollIntoView();
    return turn;
  }

  /** @param {Turn} turn */
  #finish(turn) {
    if (!turn.answer) return;
    // What holds personal data is asked again without it: it stays, to be changed.
    if (turn.answer.status !== "personal_data") this.composer.text = "";
    this.#announce(spoken(turn.answer));
    // Whoever has gone elsewhere meanwhile is left there.
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    const focused = root.activeElement ?? document.activeElement;
    if (!focused || [root.host, document.body].includes(focused) || this.composer.element.contains(focused)) turn.heading.focus({ preventScroll: true });
  }

  /** @param {Turn} turn @param {Failure | null} failure null where the officer stopped it */
  #breakOff(turn, failure) {
    this.failed = turn;
    turn.breakOff(failure ? "" : "You stopped this answer. ");
    if (failure?.losesConversation) this.client.memory.keep({ conversation: "" });
    this.composer.fail(failure);
    if (failure) return;
    this.#announce("Stopped. Your question is still in the box.");
    this.composer.field.focus();
  }

  /** @param {string} question */
  #addTurn(question) {
    const turn = new Turn(question, this.client, this.ask);
    this.turns.append(turn.element);
    return turn;
  }

  /** Shows what was asked in this tab before, or else what could be asked. */
  async #restore() {
    if (this.client.memory.conversation) {
      // Room is kept, so that nothing below moves when the answers come.
      this.element.classList.add("restoring");
      try {
        for (const answer of await this.client.earlier()) this.#addTurn(answer.question).complete(answer);
      } catch {
        this.turns.append(note("information", "Your earlier questions could not be loaded. Load the page again to try once more."));
      }
      this.element.classList.remove("restoring");
    }
    this.composer.startAgain.hidden = !this.turns.hasChildNodes();
    if (!this.turns.hasChildNodes()) await this.#suggest();
  }

  async #suggest() {
    const questions = await this.client.suggestions();
    if (questions.length) this.opening.replaceChildren(questionList("For example", "h3", questions, this.ask));
  }

  #confirmStartAgain() {
    if (this.asking) return;
    const problem = element("p", { className: "error", role: "alert" });
    const yes = () => this.#startAgain().catch(() => {
      problem.textContent = "It could not be deleted, so nothing has changed. Try again later.";
    });
    const no = () => {
      this.confirm.replaceChildren();
      this.composer.field.focus();
    };
    const heading = element("h3", { tabIndex: -1 }, "Start again?");
    const row = element("div", "row", button("primary", yes, "Delete and start again"), button("secondary", no, "Keep it"));
    this.confirm.replaceChildren(note("warning", heading, element("p", {}, DELETES), problem, row));
    heading.focus();
  }

  async #startAgain() {
    await this.client.erase();
    this.turns.replaceChildren();
    this.confirm.replaceChildren();
    this.composer.startAgain.hidden = true;
    this.composer.fail(null);
    this.composer.field.focus();
    this.composer.element.after(this.opening);
    this.#announce("The conversation is deleted. You can ask a new question.");
    await this.#suggest();
  }

  /** Says it once: what stayed would be met again by those who read through the page. @param {string} text */
  #announce(text) {
    clearTimeout(this.silence);
    this.said.textContent = text;
    this.silence = setTimeout(() => this.said.replaceChildren(), SAID_FOR_MS);
  }
}
