// Speaks to the API. Nothing here touches the page.

import { serverEvents } from "./events.js";
import { CUT, Failure, OFFLINE, isType, problemFailure, refusalOf } from "./failures.js";
import { Memory } from "./memory.js";

// The server says something every 15 seconds, if only that it is still there.
const SILENCE_MS = 60_000;
const id = encodeURIComponent;

export class Client {
  /** @param {string} apiUrl a folder: it ends with a slash @param {Filters} filters */
  constructor(apiUrl, filters) {
    this.apiUrl = apiUrl;
    this.filters = filters;
    this.memory = new Memory(apiUrl);
    this.streams = true;
  }

  /** The page of a passage, open at the quote. @param {Citation} citation */
  passageUrl({ passage_id: passageId, quote }) {
    return `${this.apiUrl}passages/${id(passageId)}?quote=${id(quote)}#cited`;
  }

  /** @param {string} answerId @param {string} format */
  fileNoteUrl(answerId, format) {
    return `${this.apiUrl}v1/answers/${id(answerId)}/file-note?format=${format}`;
  }

  /** Asks. The last event is `answer.completed`; whatever else ends the answer is thrown. @param {string} question @param {AbortSignal} signal */
  async *ask(question, signal) {
    if (!navigator.onLine) throw new Failure(OFFLINE);
    const silence = new AbortController();
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(new DOMException("", "TimeoutError")), SILENCE_MS);
    };
    heard();
    try {
      for await (const event of this.#events(question, AbortSignal.any([signal, silence.signal]), heard)) {
        if (event.type === "answer.failed") throw problemFailure(event.problem);
        if (event.type === "answer.completed") this.memory.keep({ conversation: event.answer.conversation_id || this.memory.conversation });
        yield event;
        if (event.type === "answer.completed") return;
      }
      throw new Failure(CUT);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Opening questions; none where there is no list. @returns {Promise<string[]>} */
  async suggestions() {
    const response = await this.#fetch("v1/suggestions").catch(() => null);
    return response?.ok ? (await response.json()).questions : [];
  }

  /** Null where it is no longer held. @param {string} passageId @returns {Promise<Passage | null>} */
  async passage(passageId) {
    return (await this.#found(`v1/passages/${id(passageId)}`))?.json() ?? null;
  }

  /** The answers of this tab's conversation; none where it is no longer held. @returns {Promise<Answer[]>} */
  async earlier() {
    const response = await this.#found(`v1/conversations/${id(this.memory.conversation)}`);
    if (!response) this.memory.keep({ conversation: "" });
    return response ? (await response.json()).turns : [];
  }

  /** Has the service delete the conversation. */
  async erase() {
    if (this.memory.conversation) await this.#found(`v1/conversations/${id(this.memory.conversation)}`, { method: "DELETE" });
    this.memory.keep({ conversation: "" });
  }

  /** @param {string} answerId @param {Verdict} verdict */
  async giveFeedback(answerId, verdict) {
    const response = await this.#post(`v1/answers/${id(answerId)}/feedback`, verdict);
    if (!response.ok) throw await refusalOf(response);
  }

  /** What a link leads to, asked for with the session. @param {string} address */
  async file(address) {
    const response = await this.#fetch(address.slice(this.apiUrl.length));
    if (!response.ok) throw await refusalOf(response);
    return response.blob();
  }

  /** @param {string} question @param {AbortSignal} signal @param {() => void} heard @returns {AsyncGenerator<StreamEvent>} */
  async *#events(question, signal, heard) {
    const body = { question, filters: this.filters, conversation_id: this.memory.conversation || undefined };
    let response = await this.#post(this.streams ? "v1/chat/stream" : "v1/chat", body, signal);
    if (this.streams && response.status === 404 && !isType(await response.clone().json().catch(() => ({})), "conversation-not-found")) {
      // A service that does not stream.
      this.streams = false;
      response = await this.#post("v1/chat", body, signal);
    }
    if (!response.ok) throw await refusalOf(response);
    if (this.streams && response.body) yield* serverEvents(response.body, heard);
    else yield { type: "answer.completed", answer: await response.json() };
  }

  /** Null where nothing is there. @param {string} path @param {RequestInit} [options] */
  async #found(path, options) {
    const response = await this.#fetch(path, options);
    if (!response.ok && response.status !== 404) throw await refusalOf(response);
    return response.ok ? response : null;
  }

  /** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
  #post(path, body, signal) {
    return this.#fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
  }

  /** Begins a session where one is asked for, and renews it once. @param {string} path @param {RequestInit} [options] */
  async #fetch(path, options) {
    const response = await this.#send(path, options);
    if (response.status !== 401) return response;
    const renewed = await this.#send("v1/widget/sessions", { method: "POST" });
    if (!renewed.ok) return response;
    this.memory.keep({ token: (await renewed.json()).token });
    return this.#send(path, options);
  }

  /** @param {string} path @param {RequestInit} [options] */
  #send(path, options = {}) {
    const { token } = this.memory;
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    return fetch(this.apiUrl + path, { cache: "no-store", credentials: "omit", ...options, headers });
  }
}
