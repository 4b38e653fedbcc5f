// What this tab remembers: its conversation and its session.

export class Memory {
  /** @param {string} apiUrl each service has conversations of its own */
  constructor(apiUrl) {
    this.key = `procurement-guidance ${apiUrl}`;
    this.conversation = "";
    this.token = "";
    try {
      Object.assign(this, JSON.parse(sessionStorage.getItem(this.key) ?? "{}"));
    } catch {
      // Where the browser keeps nothing, the page remembers until it is left.
    }
  }

  /** @param {{conversation?: string, token?: string}} changed */
  keep(changed) {
    Object.assign(this, changed);
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ conversation: this.conversation, token: this.token }));
    } catch {
      // As above.
    }
  }
}
