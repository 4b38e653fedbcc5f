// What this tab remembers: which conversation it is in, and its session. Where the browser keeps nothing, this page does.

export class Memory {
  /** @param {string} apiUrl services on other addresses have conversations of their own */
  constructor(apiUrl) {
    this.key = `procurement-guidance ${apiUrl}`;
    this.values = { conversation: "", token: "" };
    try {
      Object.assign(this.values, JSON.parse(sessionStorage.getItem(this.key) ?? "{}"));
    } catch {
      // Storage is forbidden here, or holds something else.
    }
  }

  get conversation() {
    return this.values.conversation;
  }

  set conversation(id) {
    this.#keep({ conversation: id });
  }

  get token() {
    return this.values.token;
  }

  set token(token) {
    this.#keep({ token });
  }

  /** @param {Partial<{conversation: string, token: string}>} changed */
  #keep(changed) {
    Object.assign(this.values, changed);
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.values));
    } catch {
      // As above: the page itself remembers until it is left.
    }
  }
}
