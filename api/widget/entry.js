// What `<script type="module" src="https://HOST/widget.js">` loads: it makes <procurement-guidance> known to the page.

import { ProcurementGuidance } from "./widget/element.js";

// A module does not know its own script element, so the one with its address is looked up.
const script = [...document.scripts].find((each) => each.src === import.meta.url);
ProcurementGuidance.apiUrl = script?.dataset.apiUrl ?? new URL(".", import.meta.url).href;

if (!customElements.get("procurement-guidance")) customElements.define("procurement-guidance", ProcurementGuidance);
