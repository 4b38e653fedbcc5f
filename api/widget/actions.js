// What can be done with an answer: copy it, take its file note, judge it.

import { copyToClipboard } from "./copying.js";
import { button, element, icon, newTabLink, unseen } from "./dom.js";
import { failureOf } from "./failures.js";
import { FEEDBACK_REASONS } from "./words.js";

const LONGEST_COMMENT = 1000;
const NOT_FETCHED = "The file note could not be fetched. Try again later.";
const FILE_NOTES = { docx: "Word", html: "web page", markdown: "Markdown" };

/** @param {Answer} answer @param {Client} client */
export function answerActions(answer, client) {
  // A question that was refused for personal data is not kept.
  const isKept = answer.conversation_id && answer.status !== "personal_data";
  const done = element("p", { className: "done", role: "status" });
  const copy = button("secondary", async () => {
    const isCopied = await copyToClipboard(answer, client).then(() => true, () => false);
    if (isCopied) done.replaceChildren(icon("done"), "Copied with its references.");
    else done.replaceChildren(icon("warning"), "The browser does not let this be copied. Select the text instead.");
  }, "Copy answer");
  const row = element("div", "row actions", copy, isKept ? fileNotes(answer.id, client, done) : null, done);
  return [...(answer.statements.length ? [row] : []), ...(isKept ? [feedback(answer.id, client)] : [])];
}

/** @param {string} answerId @param {Client} client @param {HTMLElement} done */
function fileNotes(answerId, client, done) {
  const links = Object.entries(FILE_NOTES).map(([format, name]) => {
    const link = newTabLink(client.fileNoteUrl(answerId, format), name);
    link.ariaLabel = `File note for your records: ${name} (new tab)`;
    link.addEventListener("click", (event) => {
      // A link sends no session: the file is fetched with it, and then saved.
      if (!client.memory.token) return;
      event.preventDefault();
      save(client, link.href, `file-note.${format}`).catch(() => done.replaceChildren(icon("warning"), NOT_FETCHED));
    });
    return link;
  });
  return element("p", {}, "File note: ", ...links.flatMap((link) => [link, " "]));
}

/** @param {Client} client @param {string} address @param {string} download the name of the file */
async function save(client, address, download) {
  const href = URL.createObjectURL(await client.file(address));
  element("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/** @param {string} answerId @param {Client} client */
function feedback(answerId, client) {
  const problem = element("p", { className: "error", role: "alert", id: `problem-${answerId}` });
  const send = async (/** @type {Verdict} */ verdict) => {
    try {
      await client.giveFeedback(answerId, verdict);
      const thanks = element("p", { tabIndex: -1 }, icon("done"), "Thank you. Your feedback is kept with this answer.");
      place.replaceChildren(thanks);
      thanks.focus();
    } catch (cause) {
      const { isQuestion, message } = failureOf(cause);
      problem.textContent = isQuestion ? message : "Your feedback could not be sent. Try again later.";
    }
  };
  const askWhy = () => {
    const form = reasonsForm(send, problem);
    place.replaceChildren(form);
    form.querySelector("input")?.focus();
    place.scrollIntoView({ block: "nearest" });
  };
  const place = element(
    "div",
    "row feedback",
    element("p", {}, "Is this answer useful?"),
    button("secondary", () => send({ verdict: "helpful" }), icon("up"), "Yes", unseen(" (this answer is useful)")),
    button("secondary", askWhy, icon("down"), "No", unseen(" (this answer is not useful)")),
    problem,
  );
  return place;
}

/** @param {(verdict: Verdict) => void} send @param {HTMLElement} problem */
function reasonsForm(send, problem) {
  const boxes = Object.keys(FEEDBACK_REASONS).map((value) => element("input", { type: "checkbox", value }));
  const choices = boxes.map((box) => element("label", "choice", box, FEEDBACK_REASONS[box.value]));
  const comment = element("textarea", { rows: 2, maxLength: LONGEST_COMMENT });
  comment.setAttribute("aria-describedby", problem.id);
  const form = element(
    "form",
    { noValidate: true },
    element("fieldset", {}, element("legend", {}, "What is wrong with this answer?"), ...choices),
    element("label", {}, "More about it, if you like. Do not name people.", comment),
    problem,
    element("button", "secondary", "Send feedback"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reasons = boxes.filter((box) => box.checked).map((box) => box.value);
    send({ verdict: "unhelpful", reasons, comment: comment.value.trim() || undefined });
  });
  return form;
}
