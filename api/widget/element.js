// <procurement-guidance>: reads its attributes and holds a conversation.

import { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import { STYLE } from "./style.js";

const HEADING = "Ask about buying technology for a council";
const style = new CSSStyleSheet();
style.replaceSync(STYLE);

export class ProcurementGuidance extends HTMLElement {
  /** The service that elements without an `api-url` ask; widget.js sets it. */
  static apiUrl = "";

  connectedCallback() {
    // Moved within the page, it stays as it is.
    if (this.shadowRoot) return;
    // Open, so that tools that check accessibility see what is inside.
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [style];
    const client = new Client(this.#apiUrl(), { publishers: this.#list("publishers"), nations: this.#list("nations") });
    root.append(new Conversation(client, this.getAttribute("heading") ?? HEADING).element);
  }

  #apiUrl() {
    const url = new URL(this.getAttribute("api-url") ?? ProcurementGuidance.apiUrl, document.baseURI).href;
    return url.endsWith("/") ? url : `${url}/`;
  }

  /** @param {string} attribute */
  #list(attribute) {
    return this.getAttribute(attribute)?.split(",").map((each) => each.trim()).filter(Boolean);
  }
}
