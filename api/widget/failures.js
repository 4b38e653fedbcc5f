// What went wrong, in words that say what to do. The question is always kept.

const KEPT = "Your question is kept:";

/** What an officer is told when something fails. */
export class Failure extends Error {
  // Whether the question is at fault; whether the next one begins another conversation.
  isQuestion = false;
  losesConversation = false;
}

export const OFFLINE = `You are offline. ${KEPT} ask again once you are back online.`;
export const CUT = `The connection was lost before the answer was complete. ${KEPT} try again.`;

/** @param {string} message */
export function questionFailure(message) {
  return Object.assign(new Failure(message), { isQuestion: true });
}

/** For what fetch or the stream of an answer threw. @param {any} cause @returns {Failure} */
export function failureOf(cause) {
  if (cause instanceof Failure) return cause;
  if (cause.name === "TimeoutError") return new Failure(`The answer took too long. ${KEPT} try again.`);
  if (!navigator.onLine) return new Failure(OFFLINE);
  if (cause.name === "SyntaxError") return new Failure(`The answer can’t be shown. ${KEPT} try again.`);
  return new Failure(`The service can’t be reached. ${KEPT} check your connection and try again.`);
}

/** For a response that refuses. @param {Response} response */
export async function refusalOf(response) {
  const problem = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After"));
  return problemFailure({ request_id: response.headers.get("X-Request-Id"), ...problem, status: response.status }, seconds);
}

/** @param {Problem} problem @param {number} [seconds] how long to wait, where that is known */
export function problemFailure(problem, seconds = 0) {
  const { status = 500, detail = "The question can’t be used. Put it in other words.", request_id: reference = "none" } = problem;
  const lost = isType(problem, "conversation-not-found") ? "no longer held" : isType(problem, "conversation-full") ? "full" : null;
  if (lost) return Object.assign(new Failure(`This conversation is ${lost}. ${KEPT} ask again to begin a new one.`), { losesConversation: true });
  if (status === 422) return questionFailure(detail);
  if (status === 413) return questionFailure("The question is too long. Ask about one thing at a time.");
  /** @type {Record<number, string>} */
  const words = {
    401: `Your session could not be renewed. ${KEPT} load the page again, or tell whoever runs this site.`,
    403: "This site may not use the service. Tell whoever runs this site.",
    404: "The service is not where this site looks for it. Tell whoever runs this site.",
    429: `Too many questions in a short time. ${KEPT} try again ${waitOf(seconds)}.`,
    503: `The guidance can’t be searched at the moment. ${KEPT} try again later.`,
  };
  return new Failure(words[status] ?? `Something went wrong. ${KEPT} try again. If it goes on, report this reference: ${reference}.`);
}

/** @param {Problem} problem @param {string} name */
export function isType(problem, name) {
  return problem.type === `/problems/${name}`;
}

/** @param {number} seconds */
function waitOf(seconds) {
  if (!(seconds > 0)) return "in a minute";
  return seconds < 100 ? `in ${Math.ceil(seconds)} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}
