// What the API sends, as types only: nothing loads this file. The reference is /openapi.json.

/**
 * @typedef {{text: string, kind: "quoted" | "verified", citations: number[]}} Statement
 *
 * @typedef {object} Citation
 * @property {number} number
 * @property {string} quote
 * @property {string} passage_id
 * @property {string} source_id
 * @property {string} publisher
 * @property {string} title
 * @property {string | null} url
 * @property {number | null} page
 * @property {string[]} heading_path
 * @property {string | null} published
 * @property {string} source_status
 * @property {"original" | "digest"} content
 *
 * @typedef {{kind: string, text: string, source_ids: string[]}} Notice
 *
 * @typedef {object} Answer
 * @property {string} id
 * @property {string} question
 * @property {string} status
 * @property {Statement[]} statements
 * @property {Citation[]} citations
 * @property {Notice[]} notices
 * @property {string | null} suggestion
 * @property {string[]} [next_questions]
 * @property {string | null} conversation_id
 * @property {string} build_id
 *
 * @typedef {{type: string, title?: string, status?: number, detail?: string, request_id?: string}} Problem
 *
 * @typedef {{published: string | null, published_note: string | null, status: string, nations: string[],
 *   licence: string, content: string, publisher: string}} Source
 * @typedef {{id: string, text: string, heading_path: string[], page: number | null, source: Source}} Passage
 *
 * @typedef {{type: "answer.started", answer_id: string, conversation_id: string | null}
 *   | {type: "answer.sources", citations: Citation[]}
 *   | {type: "answer.statement", statement: Statement}
 *   | {type: "answer.notice", notice: Notice}
 *   | {type: "answer.completed", answer: Answer}
 *   | {type: "answer.failed", problem: Problem}} StreamEvent
 *
 * @typedef {{publishers?: string[], nations?: string[]}} Filters
 */

export {};
