// Builds an answer as elements. Text only ever becomes text: nothing here parses HTML.

const HEADINGS = {
  answered: "Answer",
  partial: "Answer to part of the question",
  clarify: "One more thing is needed",
  unanswerable: "Not answered",
  out_of_scope: "Outside what this service covers",
  declined: "Not answered",
  personal_data: "Personal information found",
  error: "Something went wrong",
};
const GRAVE = {
  superseded: "Older or replaced guidance",
  conflict: "Sources disagree",
  date: "Check the date",
  nation: "Check the nation",
};
const MONTHS = "January February March April May June July August September October November December".split(" ");

// The article, the heading that takes the focus, and one sentence for people who don't see it appear.
export function answerArticle(answer, id) {
  const youAsked = element("span", { className: "visually-hidden" }, "You asked: ");
  const asked = element("h3", { id: `${id}-question`, className: "asked" }, youAsked, answer.question.trim() || "(not repeated here)");
  const heading = element("h4", { id: `${id}-heading`, tabIndex: -1 }, HEADINGS[answer.status] ?? "Answer");
  const groups = groupBy(answer.statements, (statement) => citationOf(answer, statement)?.source_id);
  const grave = answer.notices.filter((notice) => notice.kind in GRAVE);
  const others = answer.notices.filter((notice) => !(notice.kind in GRAVE));
  const article = element(
    "article",
    { id, className: "card" },
    asked,
    heading,
    grave.length ? graveNotices(grave) : null,
    groups.length ? element("p", {}, "Guidance held on this:") : null,
    ...groups.map((statements) => statementGroup(answer, statements, id)),
    answer.suggestion ? element("p", {}, answer.suggestion) : null,
    ...others.map((notice) =>
      element("p", { className: "notice" }, icon("i", "information"), element("span", { className: "visually-hidden" }, "Note: "), notice.text),
    ),
    answer.citations.length ? sources(answer.citations, id) : null,
  );
  article.setAttribute("aria-labelledby", asked.id);
  return { article, heading, summary: summaryOf(answer) };
}

function summaryOf(answer) {
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  if (answer.status === "unanswerable") return "No answer was found in the guidance held.";
  if (!answer.statements.length) return `${HEADINGS[answer.status] ?? "No answer"}. ${answer.suggestion ?? ""}`;
  const held = new Set(answer.citations.map((citation) => citation.source_id)).size;
  return `Answer found: ${count(answer.statements.length, "quote")} from ${count(held, "source")}.`;
}

function graveNotices(notices) {
  const items = notices.map((notice) => element("li", {}, element("strong", {}, `${GRAVE[notice.kind]}: `), notice.text));
  return element(
    "div",
    { className: "notice grave" },
    element("h5", {}, icon("⚠"), "Before you rely on this"),
    element("ul", {}, ...items),
  );
}

function statementGroup(answer, statements, id) {
  const citation = citationOf(answer, statements[0]);
  return element(
    "div",
    { className: "group" },
    citation ? element("p", { className: "from" }, `${citation.publisher}, ${citation.title}`) : null,
    ...statements.map((statement) => statementRow(statement, id)),
  );
}

function statementRow(statement, id) {
  const links = statement.citations.map((number) =>
    element("a", { href: `#${id}-citation-${number}`, ariaLabel: `Source ${number}` }, `[${number}]`),
  );
  // Only what is quoted is marked up as a quotation; a statement that was verified is in other words.
  const body = element(statement.kind === "quoted" ? "blockquote" : "div", {}, ...textBlocks(statement.text));
  return element("div", { className: "statement" }, body, element("p", { className: "references" }, ...links));
}

// Lines that start with "- " are the items of a list; every other line is a paragraph.
function textBlocks(text) {
  const runs = groupBy(text.split("\n"), (line) => line.startsWith("- "));
  return runs.flatMap((lines) =>
    lines[0].startsWith("- ")
      ? [element("ul", {}, ...lines.map((line) => element("li", {}, line.slice(2))))]
      : lines.map((line) => element("p", {}, line)),
  );
}

function sources(citations, id) {
  const groups = groupBy(citations, (citation) => citation.source_id);
  return element(
    "section",
    { className: "sources" },
    element("h5", {}, "Sources"),
    element("ul", {}, ...groups.map((group) => sourceItem(group, id))),
  );
}

function sourceItem(citations, id) {
  const [first] = citations;
  const facts = [first.publisher, first.published && readableDate(first.published), first.content === "digest" ? "our summary" : "original"];
  return element(
    "li",
    {},
    element("p", { className: "source-title" }, first.title),
    element(
      "p",
      { className: "fine-print" },
      facts.filter(Boolean).join(" · "),
      first.source_status === "current" ? null : " · ",
      first.source_status === "current" ? null : element("strong", { className: "tag" }, first.source_status),
    ),
    element("ul", {}, ...citations.map((citation) => citationItem(citation, id))),
  );
}

function citationItem(citation, id) {
  const place = [
    citation.page ? `page ${citation.page}` : null,
    citation.heading_path.length ? `under “${citation.heading_path.join(" › ")}”` : null,
  ].filter(Boolean);
  const passage = `/passages/${encodeURIComponent(citation.passage_id)}?quote=${encodeURIComponent(citation.quote)}#cited`;
  const website = webAddress(citation.url);
  return element(
    "li",
    { id: `${id}-citation-${citation.number}`, tabIndex: -1 },
    `[${citation.number}] ${place.join(", ")}`,
    element(
      "span",
      { className: "links" },
      newTabLink(passage, `Open passage ${citation.number}`),
      website ? newTabLink(website.href, `Read more at ${website.host}`) : null,
    ),
  );
}

function newTabLink(href, text) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, `${text} (new tab)`);
}

function webAddress(url) {
  const parsed = url && URL.canParse(url) ? new URL(url) : null;
  return parsed && ["http:", "https:"].includes(parsed.protocol) ? parsed : null;
}

function readableDate(published) {
  const [year, month, day] = published.split("-");
  return [day && Number(day), month && MONTHS[Number(month) - 1], year].filter(Boolean).join(" ");
}

function citationOf(answer, statement) {
  return answer.citations.find((citation) => citation.number === statement.citations[0]);
}

// Neighbours with the same key stay together; the order is kept.
function groupBy(items, keyOf) {
  const groups = [];
  let previous;
  for (const item of items) {
    const key = keyOf(item);
    if (groups.length && key === previous) groups.at(-1).push(item);
    else groups.push([item]);
    previous = key;
  }
  return groups;
}

// Beside words that say the same, so not for screen readers. The circle around the “i” is drawn: few fonts have one.
function icon(character, kind = "warning") {
  return element("span", { className: `icon ${kind}`, ariaHidden: "true" }, character);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}
