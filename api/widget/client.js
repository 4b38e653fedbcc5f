// Speaks to the API. Nothing here touches the page.

import { serverEvents } from "./events.js";
import { CUT, Failure, OFFLINE, isType, problemFailure, refusalOf } from "./failures.js";
import { Memory } from "./memory.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").StreamEvent} StreamEvent
 */

// The server says something every 15 seconds, if only that it is still there.
const SILENCE_MS = 60_000;

export class Client {
  /** @param {string} apiUrl a folder: it ends with a slash @param {import("./types.js").Filters} filters */
  constructor(apiUrl, filters) {
    this.apiUrl = apiUrl;
    this.filters = filters;
    this.memory = new Memory(apiUrl);
    this.streams = true;
  }

  /** The address of something of the service. @param {string} path */
  url(path) {
    return new URL(path, this.apiUrl).href;
  }

  /** The page of a passage, open at the quote. @param {import("./types.js").Citation} citation */
  passageUrl({ passage_id: id, quote }) {
    return this.url(`passages/${encodeURIComponent(id)}?quote=${encodeURIComponent(quote)}#cited`);
  }

  /**
   * Asks a question. The last event is `answer.completed`; whatever else ends the answer is thrown.
   *
   * @param {string} question
   * @param {AbortSignal} signal
   * @returns {AsyncGenerator<StreamEvent>}
   */
  async *ask(question, signal) {
    if (!navigator.onLine) throw new Failure(OFFLINE);
    const watchdog = new Watchdog(signal);
    try {
      const response = await this.#askFor(question, watchdog.signal);
      const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream");
      if (!isStream || !response.body) {
        yield { type: "answer.completed", answer: this.#remember(await response.json()) };
        return;
      }
      for await (const event of serverEvents(response.body, () => watchdog.restart())) {
        if (event.type === "answer.failed") throw problemFailure(event.problem);
        if (event.type === "answer.completed") this.#remember(event.answer);
        yield event;
        if (event.type === "answer.completed") return;
      }
      throw new Failure(CUT);
    } finally {
      watchdog.stop();
    }
  }

  /** Opening questions that the guidance can answer; none where the service has no list. @returns {Promise<string[]>} */
  async suggestions() {
    const response = await this.#fetch("v1/suggestions").catch(() => null);
    return response?.ok ? (await response.json()).questions : [];
  }

  /** The passage as it is held now, or null where it no longer is. @param {string} id @returns {Promise<import("./types.js").Passage | null>} */
  async passage(id) {
    const response = await this.#fetch(`v1/passages/${encodeURIComponent(id)}`);
    if (response.status === 404) return null;
    if (!response.ok) throw await refusalOf(response);
    return response.json();
  }

  /** The earlier answers of this tab's conversation; none where it is no longer held. @returns {Promise<Answer[]>} */
  async earlier() {
    const response = await this.#fetch(`v1/conversations/${encodeURIComponent(this.memory.conversation)}`);
    if (response.status === 404) this.memory.conversation = "";
    else if (!response.ok) throw await refusalOf(response);
    return response.ok ? (await response.json()).turns : [];
  }

  /** Has the service delete the conversation. */
  async erase() {
    const id = this.memory.conversation;
    if (id) {
      const response = await this.#fetch(`v1/conversations/${encodeURIComponent(id)}`, { method: "DELETE" });
      if (!response.ok && response.status !== 404) throw await refusalOf(response);
    }
    this.memory.conversation = "";
  }

  /** @param {string} answerId @param {{verdict: "helpful" | "unhelpful", reasons?: string[], comment?: string}} verdict */
  async giveFeedback(answerId, verdict) {
    const response = await this.#post(`v1/answers/${encodeURIComponent(answerId)}/feedback`, verdict);
    if (!response.ok) throw await refusalOf(response);
  }

  /** @param {string} answerId @param {string} format */
  fileNoteUrl(answerId, format) {
    return this.url(`v1/answers/${encodeURIComponent(answerId)}/file-note?format=${format}`);
  }

  /** The file itself, for where a link alone would come without the session. @param {string} address */
  async file(address) {
    const response = await this.#fetch(address);
    if (!response.ok) throw await refusalOf(response);
    return response.blob();
  }

  /** @param {string} question @param {AbortSignal} signal @returns {Promise<Response>} one that is fine */
  async #askFor(question, signal) {
    const conversation = this.memory.conversation;
    const body = { question, filters: this.filters, ...(conversation ? { conversation_id: conversation } : {}) };
    let response;
    if (this.streams) {
      response = await this.#post("v1/chat/stream", body, signal);
      this.streams = ![404, 405].includes(response.status) || isType(await response.clone().json().catch(() => ({})), "conversation-not-found");
    }
    if (!this.streams) response = await this.#post("v1/chat", body, signal);
    if (!response?.ok) throw await refusalOf(/** @type {Response} */ (response));
    return response;
  }

  /** @param {Answer} answer */
  #remember(answer) {
    if (answer.conversation_id) this.memory.conversation = answer.conversation_id;
    return answer;
  }

  /** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
  #post(path, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return this.#fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  /** Begins a session where the service asks for one, and renews it once. @param {string} path @param {RequestInit} [options] */
  async #fetch(path, options) {
    const response = await this.#send(path, options);
    if (response.status !== 401) return response;
    const renewed = await this.#send("v1/widget/sessions", { method: "POST" });
    if (!renewed.ok) return response;
    this.memory.token = (await renewed.json()).token;
    return this.#send(path, options);
  }

  /** @param {string} path @param {RequestInit} [options] */
  #send(path, options = {}) {
    const token = this.memory.token;
    const headers = token ? { ...options.headers, Authorization: `Bearer ${token}` } : options.headers;
    return fetch(this.url(path), { cache: "no-store", credentials: "omit", ...options, headers });
  }
}

/** Breaks off what has been silent for too long. */
class Watchdog {
  /** @param {AbortSignal} signal what else breaks it off */
  constructor(signal) {
    this.controller = new AbortController();
    this.signal = AbortSignal.any([signal, this.controller.signal]);
    this.restart();
  }

  restart() {
    this.stop();
    this.timer = setTimeout(() => this.controller.abort(new DOMException("Silent for too long.", "TimeoutError")), SILENCE_MS);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
