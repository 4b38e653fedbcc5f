// Elements made of names and text. Text only ever becomes text.

const SVG = "http://www.w3.org/2000/svg";
// Drawn on a square of 24; what lies within another outline is left open.
const DRAWINGS = {
  warning: "M12 3 2 21h20L12 3Zm-1 7h2v5h-2v-5Zm0 7h2v2h-2v-2Z",
  information: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-1 4h2v2h-2V7Zm0 4h2v6h-2v-6Z",
  done: "M4 12l2-2 4 4 8-8 2 2-10 10Z",
  up: "M3 11h4v10H3ZM9 11l4-8c2 0 3 1 3 3l-1 4h6v3l-3 8H9Z",
  down: "M21 13h-4V3h4ZM15 13l-4 8c-2 0-3-1-3-3l1-4H3v-3l3-8h9Z",
};

/**
 * An element with its class or properties, and children; those that are null are left out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string | Record<string, unknown>} [given]
 * @param {...Child} children
 */
export function element(name, given = {}, ...children) {
  const made = Object.assign(document.createElement(name), typeof given === "string" ? { className: given } : given);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** @param {string} className @param {() => void} press @param {...Child} children */
export function button(className, press, ...children) {
  const made = element("button", { type: "button", className }, ...children);
  made.addEventListener("click", press);
  return made;
}

/** Words for those who don't see how things are laid out. @param {string} text */
export function unseen(text) {
  return element("span", "unseen", text);
}

/** A drawing beside words that say the same, so not for screen readers. @param {keyof typeof DRAWINGS} name */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon ${name}`);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWINGS[name]);
  drawing.append(path);
  return drawing;
}

/** What must be known, in a frame. @param {"information" | "warning"} kind @param {...Child} content */
export function note(kind, ...content) {
  return element("div", kind === "warning" ? "notice grave" : "notice", icon(kind), element("div", {}, ...content));
}

/** A link that opens beside the conversation, which stays. @param {string} href @param {string} text */
export function newTabLink(href, text) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}

/**
 * Text as paragraphs and lists: lines that start with “- ” are the items of a list.
 *
 * @param {string} text
 * @param {(line: string, start: number) => Child[]} [inline] makes what a line holds; `start` is its offset in the text
 * @returns {HTMLElement[]}
 */
export function textBlocks(text, inline = (line) => [line]) {
  const blocks = [];
  let list = null;
  let start = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("- ")) {
      if (!list) blocks.push((list = element("ul")));
      list.append(element("li", {}, ...inline(line.slice(2), start + 2)));
    } else {
      list = null;
      if (line) blocks.push(element("p", {}, ...inline(line, start)));
    }
    start += line.length + 1;
  }
  return blocks;
}

/**
 * Items by key, in the order in which each key first came.
 *
 * @template Item
 * @param {Item[]} items
 * @param {(item: Item) => unknown} keyOf
 */
export function groupBy(items, keyOf) {
  /** @type {Map<unknown, Item[]>} */
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()];
}
