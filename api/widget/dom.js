// Elements made of names and text. Text only ever becomes text: nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";
// Drawn on a square of 24; what lies within another outline is left open.
const DRAWINGS = {
  warning: "M12 3 2 21h20L12 3Zm-1 7h2v5h-2v-5Zm0 7h2v2h-2v-2Z",
  information: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-1 4h2v2h-2V7Zm0 4h2v6h-2v-6Z",
  done: "M4 12l2-2 4 4 8-8 2 2-10 10Z",
  up: "M3 11h4v10H3ZM9 11l4-8c2 0 3 1 3 3l-1 4h6v3l-3 8H9Z",
  down: "M21 13h-4V3h4ZM15 13l-4 8c-2 0-3-1-3-3l1-4H3v-3l3-8h9Z",
};

let ids = 0;
/** @param {string} name */
export function uniqueId(name) {
  ids += 1;
  return `${name}-${ids}`;
}

/**
 * An element with properties and children; children that are null are left out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * A button. Its type is never that of a form, unless it is given.
 *
 * @param {string} className
 * @param {Record<string, unknown>} properties
 * @param {...(Node | string)} children
 */
export function button(className, properties, ...children) {
  return element("button", { type: "button", className, ...properties }, ...children);
}

/** Words for those who don't see how things are laid out. @param {string} text */
export function unseen(text) {
  return element("span", { className: "unseen" }, text);
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

/** What is going on, in words. @param {string} text */
export function note(text) {
  return element("p", { className: "notice", role: "status" }, icon("information"), element("span", {}, text));
}

/** A link that opens beside the conversation, which stays. @param {string} href @param {string} text */
export function newTabLink(href, text) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, `${text} (new tab)`);
}

/**
 * Text as paragraphs and lists: lines that start with “- ” are the items of a list.
 *
 * @param {string} text
 * @param {(line: string, start: number) => (Node | string)[]} [inline] makes what a line holds; `start` is its offset in the text
 * @returns {HTMLElement[]}
 */
export function textBlocks(text, inline = (line) => [line]) {
  const blocks = [];
  let list = null;
  let start = 0;
  for (const line of text.split("\n")) {
    const isItem = line.startsWith("- ");
    if (isItem) {
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
 * @returns {Item[][]}
 */
export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
