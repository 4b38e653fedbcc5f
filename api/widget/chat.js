// The chat page: asks the API and shows what it answers. How an answer looks is in answer.js.

import { answerArticle } from "./answer.js";

const TIMEOUT_MS = 60_000;
const COUNT_PAUSE_MS = 1_000;
const ANNOUNCE_BELOW = 200;
const SEARCHING = "Searching the guidance";

const form = document.getElementById("form");
const field = document.getElementById("question");
const send = document.getElementById("send");
const status = document.getElementById("status");
const error = document.getElementById("question-error");
const count = document.getElementById("question-count");
const countAnnouncement = document.getElementById("count-announcement");
const examples = document.getElementById("examples");
const log = document.getElementById("log");
const limit = Number(field.dataset.limit);

let busy = false;
let answers = 0;
let countTimer;

class Refused extends Error {
  constructor(message, { isQuestion = false } = {}) {
    super(message);
    this.isQuestion = isQuestion;
  }
}

async function ask(question) {
  let response;
  try {
    response = await fetch("/v1/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ question }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return await response.json();
  } catch (cause) {
    throw new Refused(
      cause.name === "TimeoutError"
        ? "The answer took too long. Your question is kept: try again."
        : "The service can’t be reached. Your question is kept: check your connection and try again.",
    );
  }
  throw await refusal(response);
}

async function refusal(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 422) return new Refused(problem.detail, { isQuestion: true });
  if (response.status === 503) {
    return new Refused("The guidance can’t be searched at the moment. Your question is kept: try again later.");
  }
  if (response.status === 413) return new Refused("The question is too long. Ask about one thing at a time.", { isQuestion: true });
  const reference = problem.request_id ?? response.headers.get("X-Request-Id") ?? "none";
  return new Refused(
    `Something went wrong. Your question is kept: try again. If it goes on, report this reference: ${reference}.`,
  );
}

async function submit() {
  if (busy) return;
  setBusy(true);
  showError(null);
  try {
    show(await ask(field.value));
  } catch (cause) {
    status.textContent = "";
    showError(cause instanceof Refused ? cause : new Refused("The answer can’t be shown. Your question is kept: try again."));
    field.focus();
  } finally {
    setBusy(false);
  }
}

function show(answer) {
  answers += 1;
  const { article, heading, summary } = answerArticle(answer, `answer-${answers}`);
  log.append(article);
  log.hidden = false;
  examples.hidden = true;
  field.value = "";
  updateCount();
  article.scrollIntoView();
  heading.focus({ preventScroll: true });
  status.textContent = summary;
}

function setBusy(value) {
  busy = value;
  send.setAttribute("aria-disabled", String(value));
  field.readOnly = value;
  form.classList.toggle("busy", value);
  if (value) status.textContent = SEARCHING;
}

function showError(refused) {
  error.textContent = refused ? refused.message : "";
  if (refused?.isQuestion) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function updateCount() {
  const left = limit - [...field.value.trim()].length;
  const characters = (number) => `${number.toLocaleString("en-GB")} ${number === 1 ? "character" : "characters"}`;
  count.textContent = left < 0 ? `${characters(-left)} too many` : `${characters(left)} left`;
  count.classList.toggle("error", left < 0);
  // Spoken only near the limit and after a pause: a count at each key would drown the typing.
  clearTimeout(countTimer);
  countTimer = setTimeout(() => {
    countAnnouncement.textContent = left < ANNOUNCE_BELOW ? count.textContent : "";
  }, COUNT_PAUSE_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("input", updateCount);
field.addEventListener("keydown", (event) => {
  // An Enter that ends the composition of a character (IME) is not one that sends.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
for (const button of examples.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    if (busy) return;
    field.value = button.textContent;
    updateCount();
    submit();
  });
}

updateCount();
examples.hidden = false;
form.hidden = false;
