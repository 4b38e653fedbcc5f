// What can be done with an answer: copy it, take its file note, say whether it helped.

import { button, element, icon, textBlocks, uniqueId, unseen } from "./dom.js";
import { failureOf } from "./failures.js";
import { CHECK_FIRST, FEEDBACK_REASONS, GRAVE_NOTICES, STATUS_HEADINGS, kindOfText, originalOf, readableDate } from "./words.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Citation} Citation
 * @typedef {import("./client.js").Client} Client
 */

const LONGEST_COMMENT = 1000;
const FILE_NOTES = { docx: "Word", html: "web page", markdown: "Markdown" };
// What the service keeps can be looked up again; what it refused for personal data it does not keep.
/** @param {Answer} answer */
const isKept = (answer) => Boolean(answer.conversation_id) && answer.status !== "personal_data";

/** @param {Answer} answer @param {Client} client */
export function answerActions(answer, client) {
  const done = element("p", { className: "done", role: "status" });
  const copy = button("secondary", {}, "Copy answer");
  copy.addEventListener("click", async () => {
    const copied = await copyToClipboard(asElements(answer, client)).then(() => true, () => false);
    say(done, copied ? "done" : "warning", copied ? "Copied with its references." : "The browser does not let this be copied. Select the text instead.");
  });
  const notes = isKept(answer) ? fileNotes(answer, client, done) : [];
  const quotes = answer.statements.length ? [element("div", { className: "actions" }, copy, ...notes, done)] : [];
  return isKept(answer) ? [...quotes, feedback(answer, client)] : quotes;
}

/** @param {HTMLElement} place @param {"done" | "warning"} kind @param {string} text */
function say(place, kind, text) {
  place.replaceChildren(icon(kind), element("span", {}, text));
}

/** @param {Answer} answer @param {Client} client @param {HTMLElement} done */
function fileNotes(answer, client, done) {
  const links = Object.entries(FILE_NOTES).map(([format, name]) => {
    const link = element("a", { href: client.fileNoteUrl(answer.id, format), target: "_blank", rel: "noopener noreferrer", ariaLabel: `File note for your records: ${name} (new tab)` }, name);
    link.addEventListener("click", (event) => {
      // A link sends no session: the file is fetched with it, and then saved.
      if (!client.memory.token) return;
      event.preventDefault();
      save(client, link.href, `file-note-${answer.id}.${format === "markdown" ? "md" : format}`).catch((cause) =>
        say(done, "warning", failureOf(cause).message),
      );
    });
    return link;
  });
  return [element("p", { className: "file-note" }, "File note: ", ...links.flatMap((link, place) => (place ? [" · ", link] : [link])))];
}

/** @param {Client} client @param {string} address @param {string} name */
async function save(client, address, name) {
  const href = URL.createObjectURL(await client.file(address));
  element("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** The answer to be pasted elsewhere, references and all. @param {Answer} answer @param {Client} client */
function asElements(answer, client) {
  const list = (/** @type {HTMLElement[]} */ items) => element("ul", {}, ...items);
  const quotes = answer.statements.map(({ text, kind, citations }) =>
    element("li", {}, `${kind === "quoted" ? `“${text}”` : text} ${citations.map((number) => `[${number}]`).join(" ")}`),
  );
  const notices = answer.notices.map(({ kind, text }) =>
    element("li", {}, kind in GRAVE_NOTICES ? `${GRAVE_NOTICES[kind]}: ${text}` : text),
  );
  return element(
    "div",
    {},
    element("h3", {}, answer.question),
    element("p", {}, STATUS_HEADINGS[answer.status] ?? "Answer"),
    notices.length ? list(notices) : null,
    quotes.length ? list(quotes) : null,
    ...(answer.suggestion ? textBlocks(answer.suggestion) : []),
    answer.citations.length ? element("p", {}, "Sources") : null,
    ...answer.citations.map((citation) => reference(citation, client)),
    element("p", {}, `Answer ${answer.id} of ${readableDate(new Date().toISOString().slice(0, 10))}. ${CHECK_FIRST}`),
  );
}

/** @param {Citation} citation @param {Client} client */
function reference(citation, client) {
  const facts = [citation.title, citation.publisher, citation.published && readableDate(citation.published)];
  const status = [kindOfText(citation.content), citation.source_status].join(", ");
  const original = originalOf(citation);
  const links = [client.passageUrl(citation), original?.href].filter((href) => href !== undefined);
  const linked = links.flatMap((href) => [" ", element("a", { href }, href)]);
  return element("p", {}, `[${citation.number}] ${facts.filter(Boolean).join(", ")} (${status}).`, ...linked);
}

/** @param {HTMLElement} copied */
async function copyToClipboard(copied) {
  const html = new XMLSerializer().serializeToString(copied);
  const text = plainText(copied);
  const item = (/** @type {string} */ type, /** @type {string} */ content) => [type, new Blob([content], { type })];
  try {
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries([item("text/plain", text), item("text/html", html)]))]);
  } catch {
    await navigator.clipboard.writeText(text);
  }
}

/** @param {HTMLElement} copied */
function plainText(copied) {
  const blocks = [...copied.querySelectorAll("h3, p, li")];
  return blocks.map((block) => `${block.matches("li") ? "- " : ""}${block.textContent}`).join("\n");
}

/** @param {Answer} answer @param {Client} client */
function feedback(answer, client) {
  const place = element("div", { className: "feedback" });
  const send = async (/** @type {Parameters<Client["giveFeedback"]>[1]} */ verdict, /** @type {HTMLElement} */ problem) => {
    try {
      await client.giveFeedback(answer.id, verdict);
      const thanks = element("p", { className: "done", tabIndex: -1 }, icon("done"), element("span", {}, "Thank you. Your feedback is kept with this answer."));
      place.replaceChildren(thanks);
      thanks.focus();
    } catch (cause) {
      const failure = failureOf(cause);
      problem.textContent = failure.isQuestion ? failure.message : "Your feedback could not be sent. Try again later.";
    }
  };
  const problem = element("p", { className: "error", role: "alert" });
  const yes = button("secondary", {}, icon("up"), "Yes", unseen(" (this answer is useful)"));
  const no = button("secondary", {}, icon("down"), "No", unseen(" (this answer is not useful)"));
  yes.addEventListener("click", () => send({ verdict: "helpful" }, problem));
  no.addEventListener("click", () => {
    const form = reasonsForm(send);
    place.replaceChildren(form);
    form.querySelector("input")?.focus();
  });
  place.append(element("p", {}, "Is this answer useful?"), yes, no, problem);
  return place;
}

/** @param {(verdict: Parameters<Client["giveFeedback"]>[1], problem: HTMLElement) => void} send */
function reasonsForm(send) {
  const boxes = Object.entries(FEEDBACK_REASONS).map(([value, words]) => {
    const box = element("input", { type: "checkbox", value });
    return element("label", { className: "choice" }, box, words);
  });
  const problem = element("p", { className: "error", role: "alert", id: uniqueId("problem") });
  const comment = element("textarea", { rows: 2, maxLength: LONGEST_COMMENT });
  comment.setAttribute("aria-describedby", problem.id);
  const form = element(
    "form",
    { noValidate: true },
    element("fieldset", {}, element("legend", {}, "What is wrong with this answer?"), ...boxes),
    element("label", {}, "More about it, if you like. Do not name people.", comment),
    problem,
    element("button", { className: "secondary" }, "Send feedback"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reasons = [...form.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value);
    send({ verdict: "unhelpful", reasons, ...(comment.value.trim() ? { comment: comment.value.trim() } : {}) }, problem);
  });
  return form;
}
