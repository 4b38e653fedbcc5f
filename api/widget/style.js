// How the widget looks. A string, for a constructed style sheet is the one kind that strict security policies of host pages allow.
// Sizes are in em of the element's own font, whatever the host page's is. What a host page may set is in docs/integrators.md.

export const STYLE = `
:host {
  all: initial;
  color-scheme: inherit;
  display: block;
  --text: var(--guidance-text, light-dark(#0b0c0c, #f0f3f5));
  --quiet: var(--guidance-quiet, light-dark(#484f54, #b6c0c7));
  --surface: var(--guidance-surface, light-dark(#ffffff, #16191b));
  --tint: var(--guidance-tint, light-dark(#f3f5f6, #22282b));
  --line: var(--guidance-line, light-dark(#b1b8bd, #49545b));
  --field-line: light-dark(#0b0c0c, #b6c0c7);
  --link: var(--guidance-link, light-dark(#0f5a9c, #8cc8ff));
  --accent: var(--guidance-accent, light-dark(#0b5563, #7fd0de));
  --on-accent: var(--guidance-on-accent, light-dark(#ffffff, #0b0c0c));
  --warning: light-dark(#fff4d9, #37290c);
  --warning-line: light-dark(#a15c00, #e3a64a);
  --error: light-dark(#b3261e, #ff9c94);
  --mark: light-dark(#ffe58a, #665200);
  --on-mark: light-dark(#0b0c0c, #ffffff);
  --focus: #ffdd00;
  --on-focus: #0b0c0c;
  font: var(--guidance-font-size, max(1rem, 16px))/1.5 var(--guidance-font, Arial, Helvetica, sans-serif);
  color: var(--text);
  background: var(--surface);
  overflow-wrap: anywhere;
  text-align: start;
  padding: var(--guidance-padding, 1em);
}
.restoring { min-block-size: 100vh; }
.restoring > :is(.composer, .opening), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
h2, h3, h4, h5, p, ul, dl, dd, blockquote, fieldset { margin: 0; }
h2 { font-size: 1.5em; line-height: 1.25; margin-block-end: 0.4em; }
h3 { font-size: 1.2em; line-height: 1.35; }
h4 { font-size: 1.1em; }
h5 { font-size: 1em; }
ul { padding-inline-start: 1.25em; }
a { color: var(--link); text-underline-offset: 0.15em; }
.quiet { color: var(--quiet); font-size: 0.9em; }
.error, .errors { color: var(--error); font-weight: 700; }
.error:empty, .errors:empty { display: none; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.printed { display: none; }
.row { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
.icon { inline-size: 1.25em; block-size: 1.25em; flex: none; vertical-align: -0.25em; fill: currentColor; fill-rule: evenodd; margin-inline-end: 0.35em; }
.icon.warning { color: var(--warning-line); }

/* Buttons and fields */
button { font: inherit; color: inherit; cursor: pointer; min-block-size: 2.75em; padding: 0.4em 1em; border-radius: 0; }
.primary { background: var(--accent); color: var(--on-accent); border: 2px solid var(--accent); font-weight: 700; min-inline-size: 6em; }
.secondary { background: var(--tint); border: 1px solid var(--field-line); }
.plain { background: none; border: 0; padding-inline: 0; color: var(--link); text-decoration: underline; text-underline-offset: 0.15em; }
:is(.primary, .secondary):hover { text-decoration: underline; }
[aria-disabled="true"] { cursor: progress; opacity: 0.7; }
label, legend { display: block; font-weight: 700; padding: 0; }
textarea {
  display: block; inline-size: 100%; min-block-size: 3.9em; max-block-size: 12em; field-sizing: content; resize: vertical; margin-block: 0.3em 0.5em; padding: 0.4em 0.6em;
  border: 2px solid var(--field-line); border-radius: 0; background: var(--surface); color: inherit; font: inherit;
}
textarea[aria-invalid="true"] { border-color: var(--error); }
textarea:read-only { background: var(--tint); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 0; box-shadow: inset 0 0 0 2px var(--on-focus); }
:is(a, summary, .plain):focus-visible { background: var(--focus); color: var(--on-focus); box-shadow: 0 4px var(--on-focus); outline-color: transparent; }
:is(h3, h4, .notice, .done):focus-visible { box-shadow: none; outline: 2px solid var(--field-line); outline-offset: 3px; }

/* The conversation */
article { padding-block: 1.25em; border-block-start: 1px solid var(--line); scroll-margin-block-start: var(--guidance-scroll-margin, 0px); }
.turns { margin-block-start: 1.25em; }
.turns:empty { display: none; }
article.newest { min-block-size: var(--guidance-reserve, calc(100vh - 13em)); }
article h3 { white-space: pre-line; margin-block-end: 0.75em; padding: 0.6em 0.8em; background: var(--tint); }
.body { display: grid; gap: 1em; margin-block-start: 0.5em; }
.body > *, .statements > *, .group > * { min-inline-size: 0; }
.progress { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
.dots { animation: pulse 1.2s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: 0.2; } }
.slot { min-block-size: 3em; color: var(--quiet); }
.statements, .group { display: grid; gap: 0.75em; }
.from { font-weight: 700; }
.words { display: grid; gap: 0.4em; border-inline-start: 4px solid var(--accent); padding-inline-start: 0.9em; }
.references { white-space: nowrap; }
.references a { display: inline-block; min-inline-size: 1.75em; min-block-size: 1.5em; text-align: center; }
.notice { display: flex; border: 1px solid var(--line); border-inline-start: 6px solid var(--quiet); padding: 0.6em 0.8em; }
.notice.grave { background: var(--warning); border-color: var(--warning-line); }
section.notice { display: block; }
.notice ul { padding-inline-start: 1.25em; margin-block-start: 0.3em; }
.notice li + li, .notice p + p { margin-block-start: 0.5em; }
.broken { display: grid; gap: 0.75em; justify-items: start; }

/* Sources */
.sources { border-block-start: 1px solid var(--line); padding-block-start: 0.9em; }
.sources > ul { list-style: none; padding: 0; display: grid; gap: 0.9em; margin-block-start: 0.4em; }
.source-title { font-weight: 700; }
.tag { color: var(--text); }
.citation { margin-block-start: 0.25em; }
summary { cursor: pointer; color: var(--link); text-decoration: underline; text-underline-offset: 0.15em; min-block-size: 1.5em; padding-block: 0.2em; }
.citation[open] { background: var(--tint); padding: 0.3em 0.8em 0.6em; }
.passage { display: grid; gap: 0.9em; margin-block: 0.6em; min-block-size: 8em; align-content: start; }
.text { display: grid; gap: 0.6em; border-inline-start: 4px solid var(--line); padding-inline-start: 0.9em; }
mark { background: var(--mark); color: var(--on-mark); text-decoration: underline; text-decoration-thickness: 2px; }
.facts { display: grid; gap: 0.2em; font-size: 0.9em; }
.facts div { display: flex; flex-wrap: wrap; column-gap: 0.75em; }
.facts dt { flex: 0 0 6.5em; color: var(--quiet); }
.facts dd { flex: 1 1 14em; }
.links { display: flex; flex-wrap: wrap; gap: 0.1em 1.25em; align-items: center; }
.links a { padding-block: 0.2em; }

/* What can be done next */
.questions ul { list-style: none; padding: 0; display: grid; gap: 0.4em; margin-block-start: 0.4em; }
.question { inline-size: 100%; text-align: start; background: var(--surface); border: 1px solid var(--line); color: var(--link); text-decoration: underline; text-underline-offset: 0.15em; }
.actions, .feedback { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
.feedback { border-block-start: 1px solid var(--line); padding-block-start: 0.9em; }
.feedback form { display: grid; gap: 0.75em; justify-items: start; inline-size: 100%; }
.feedback form > label { inline-size: 100%; font-weight: 400; }
fieldset { border: 0; padding: 0; min-inline-size: 0; }
.choice { display: flex; gap: 0.6em; align-items: center; font-weight: 400; min-block-size: 2em; }
.choice input { inline-size: 1.4em; block-size: 1.4em; flex: none; accent-color: var(--accent); margin: 0; }
.file-note a { display: inline-block; padding-block: 0.2em; }
.done:empty { display: none; }
.opening { min-block-size: 14em; margin-block-start: 1.25em; }

/* The question box stays in view where there is room for it, so that answers that grow push nothing about. */
.composer { margin-block-start: 1em; padding-block: 0.75em; background: var(--surface); }
.composer .quiet { margin-block: 0.1em; }
.composer .row { justify-content: space-between; }
@media (pointer: coarse) { #hint span { display: none; } }
.errors { list-style: none; padding: 0; margin-block-end: 0.4em; }
@media (min-height: 44em) {
  .turns:not(:empty) ~ .composer { position: sticky; inset-block-end: 0; border-block-start: 1px solid var(--line); z-index: 1; }
  .turns :is(a, button, summary, details, input, textarea, h4) { scroll-margin-block: 1em 15em; }
}
@media (max-height: 44em) { article.newest { min-block-size: var(--guidance-reserve, 100vh); } }

@media (prefers-contrast: more) {
  :host { --quiet: var(--text); --line: var(--text); --link: light-dark(#003c71, #c4e3ff); --warning-line: var(--text); }
}
@media (forced-colors: active) {
  :is(.citation[open], article h3, .composer) { border: 1px solid CanvasText; }
  mark { background: Mark; color: MarkText; }
  .icon { fill: CanvasText; }
  :focus-visible { outline-color: Highlight !important; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
@media print {
  :host { color-scheme: light; font-size: 11pt; }
  :is(.composer, .actions, .feedback, .questions, .progress, .links, .opening, .confirm) { display: none !important; }
  article.newest { min-block-size: 0; }
  h4 { outline: none !important; }
  .printed { display: block; }
  .notice, .words, li { break-inside: avoid; }
  h3, h4, h5, .from { break-after: avoid; }
}
`;
