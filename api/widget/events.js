// Reads server-sent events: EventSource itself can neither POST nor send a session token.

/**
 * The events of one answer, in their order.
 * Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} onBytes told of whatever arrives, comments included
 * @returns {AsyncGenerator<StreamEvent>}
 * @throws {SyntaxError} where an event is not JSON or one before it is missing
 */
export async function* serverEvents(body, onBytes) {
  const reader = body.pipeThrough(/** @type {ReadableWritablePair<string, Uint8Array>} */ (new TextDecoderStream())).getReader();
  let expected = 0;
  let left = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // An event that no blank line ends was cut off: it does not count.
      if (done) return;
      onBytes();
      const blocks = (left + value).split(/\r\n\r\n|\n\n|\r\r/);
      left = blocks.pop() ?? "";
      for (const data of blocks.map(dataOf).filter(Boolean)) {
        const event = JSON.parse(data);
        if (event.sequence_number !== expected++) throw new SyntaxError("An event is missing.");
        yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {string} block */
function dataOf(block) {
  const lines = block.split(/\r\n|\n|\r/).filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice("data:".length).replace(/^ /, "")).join("\n");
}
