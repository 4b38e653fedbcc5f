// What the API sends, and what modules hand each other, as types only: no browser loads this file. The API's reference is /openapi.json.

interface Statement {
  text: string;
  kind: "quoted" | "verified";
  citations: number[];
}
interface Citation {
  number: number;
  quote: string;
  passage_id: string;
  source_id: string;
  publisher: string;
  title: string;
  url: string | null;
  page: number | null;
  heading_path: string[];
  published: string | null;
  source_status: string;
  content: string;
}
interface Notice {
  kind: string;
  text: string;
}
interface Answer {
  id: string;
  question: string;
  status: string;
  statements: Statement[];
  citations: Citation[];
  notices: Notice[];
  suggestion: string | null;
  next_questions?: string[];
  conversation_id: string | null;
}
interface Problem {
  type?: string;
  status?: number;
  detail?: string;
  request_id?: string;
}
interface Source {
  publisher: string;
  published: string | null;
  published_note: string | null;
  status: string;
  nations: string[];
  licence: string;
  content: string;
}
interface Passage {
  text: string;
  source: Source;
}
type StreamEvent =
  | { type: "answer.started" }
  | { type: "answer.sources"; citations: Citation[] }
  | { type: "answer.statement"; statement: Statement }
  | { type: "answer.notice"; notice: Notice }
  | { type: "answer.completed"; answer: Answer }
  | { type: "answer.failed"; problem: Problem };
interface Verdict {
  verdict: "helpful" | "unhelpful";
  reasons?: string[];
  comment?: string;
}
interface Filters {
  publishers?: string[];
  nations?: string[];
}

type Client = import("./client.js").Client;
type Failure = import("./failures.js").Failure;
/** A step of one part of the widget that another part takes. */
type Ask = (question: string) => void;
type Child = Node | string | null;
