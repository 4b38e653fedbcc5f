// What went wrong, in words that say what to do. The question is always kept.

/** @typedef {import("./types.js").Problem} Problem */

/** What an officer is told when something fails. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {{isQuestion?: boolean, losesConversation?: boolean}} [options] whether the question itself is at fault;
   *   whether the next question must begin another conversation
   */
  constructor(message, { isQuestion = false, losesConversation = false } = {}) {
    super(message);
    this.isQuestion = isQuestion;
    this.losesConversation = losesConversation;
  }
}

export const OFFLINE = "You are offline. Your question is kept: ask again once you are back online.";
export const CUT = "The connection was lost before the answer was complete. Your question is kept: try again.";

/** For what fetch or the stream of an answer threw. @param {unknown} cause @returns {Failure} */
export function failureOf(cause) {
  if (cause instanceof Failure) return cause;
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  if (name === "TimeoutError") return new Failure("The answer took too long. Your question is kept: try again.");
  if (!navigator.onLine) return new Failure(OFFLINE);
  if (name === "TypeError" || name === "NetworkError") {
    return new Failure("The service can’t be reached. Your question is kept: check your connection and try again.");
  }
  return new Failure("The answer can’t be shown. Your question is kept: try again.");
}

/** For a response that refuses. @param {Response} response */
export async function refusalOf(response) {
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  const problem = await response.json().catch(() => ({}));
  return problemFailure({ status: response.status, ...problem }, wait, response.headers.get("X-Request-Id"));
}

/**
 * @param {Problem} problem
 * @param {number} [seconds] how long to wait, where that is known
 * @param {string | null} [reference]
 */
export function problemFailure(problem, seconds = 0, reference = null) {
  const kept = "Your question is kept:";
  switch (problem.status) {
    case 401:
      return new Failure(`Your session could not be renewed. ${kept} load the page again, or tell whoever runs this site.`);
    case 403:
      return new Failure("This site may not use the service. Tell whoever runs this site.");
    case 404:
      return isType(problem, "conversation-not-found")
        ? new Failure(`This conversation is no longer held. ${kept} ask again to begin a new one.`, { losesConversation: true })
        : new Failure("The service is not at the address that this site has for it. Tell whoever runs this site.");
    case 409:
      return isType(problem, "conversation-full")
        ? new Failure(`This conversation is full. ${kept} ask again to begin a new one.`, { losesConversation: true })
        : new Failure(`The service is still busy with your question. ${kept} try again in a minute.`);
    case 413:
      return new Failure("The question is too long. Ask about one thing at a time.", { isQuestion: true });
    case 422:
      return new Failure(problem.detail ?? "The question can’t be used. Put it in other words.", { isQuestion: true });
    case 429:
      return new Failure(`Too many questions in a short time. ${kept} try again ${waitOf(seconds)}.`);
    case 503:
      return new Failure(`The guidance can’t be searched at the moment. ${kept} try again later.`);
    default:
      return new Failure(
        `Something went wrong. ${kept} try again. If it goes on, report this reference: ${problem.request_id ?? reference ?? "none"}.`,
      );
  }
}

/** @param {Problem} problem @param {string} name */
export function isType(problem, name) {
  return problem.type === `/problems/${name}`;
}

/** @param {number} seconds */
function waitOf(seconds) {
  if (!(seconds > 0)) return "in a minute";
  if (seconds < 100) return `in ${Math.ceil(seconds)} second${seconds > 1 ? "s" : ""}`;
  return `in ${Math.ceil(seconds / 60)} minutes`;
}
