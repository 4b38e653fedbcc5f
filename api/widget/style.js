// How the widget looks: a string, for strict policies of host pages allow constructed style sheets alone.
// Sizes are in em, whatever the host page's are. What a host page may set is in docs/integrators.md.

export const STYLE = `
:host {
  all: initial;
  color-scheme: inherit;
  display: block;
  box-sizing: border-box;
  background: var(--guidance-surface, light-dark(#ffffff, #16191b));
}
.conversation {
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
  overflow-wrap: anywhere;
  padding: var(--guidance-padding, 1em);
}
.restoring { min-height: 200vh; }
.restoring > :is(.composer, .opening), [hidden] { display: none; }
* { box-sizing: border-box; }
h2, h3, h4, h5, p, ul, dl, dd, blockquote { margin: 0; }
h2 { font-size: 1.5em; line-height: 1.25; margin-bottom: 0.4em; }
h3 { font-size: 1.2em; line-height: 1.35; }
h4 { font-size: 1.1em; min-height: 1.5em; }
h5 { font-size: 1em; }
ul { padding-left: 1.25em; }
.quiet { color: var(--quiet); font-size: 0.9em; }
.error { color: var(--error); font-weight: 700; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.printed, .error:empty, .done:empty, .turns:empty { display: none; }
.row, .links { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
.body, .statements, .group, .words, .passage, .text, .feedback form, .notice > div { display: grid; gap: 0.75em; }
.body > *, .statements > *, .group > *, .words > *, .notice > div { min-width: 0; }
.icon { width: 1.25em; height: 1.25em; flex: none; vertical-align: -0.25em; fill: currentColor; fill-rule: evenodd; margin-right: 0.35em; }
.icon.warning { color: var(--warning-line); }

/* Links, buttons and fields */
a, summary, .plain, .question { color: var(--link); text-decoration: underline; text-underline-offset: 0.15em; }
button { font: inherit; color: inherit; cursor: pointer; min-height: 2.75em; padding: 0.4em 1em; border: 1px solid var(--field-line); background: var(--tint); }
.primary { background: var(--accent); color: var(--on-accent); border-color: var(--accent); font-weight: 700; min-width: 6em; }
.plain { background: none; border: 0; padding: 0; }
.question { width: 100%; text-align: left; background: none; border-color: var(--line); }
:is(.primary, .secondary):hover { text-decoration: underline; }
[aria-disabled="true"] { cursor: progress; opacity: 0.7; }
label, legend { font-weight: 700; padding: 0; }
textarea {
  display: block; width: 100%; min-height: 3.9em; max-height: 12em; field-sizing: content; resize: vertical; margin: 0.3em 0 0.5em;
  padding: 0.4em 0.6em; border: 2px solid var(--field-line); background: var(--surface); color: inherit; font: inherit;
}
textarea[aria-invalid="true"] { border-color: var(--error); }
textarea:read-only { background: var(--tint); }
:focus-visible { outline: 3px solid var(--focus); box-shadow: inset 0 0 0 2px var(--on-focus); }
:is(a, summary, .plain):focus-visible { background: var(--focus); color: var(--on-focus); box-shadow: 0 4px var(--on-focus); outline-color: transparent; }
[tabindex]:focus-visible { box-shadow: none; outline: 2px solid var(--field-line); outline-offset: 3px; }

/* The conversation */
.turns { margin-top: 1.25em; }
article { padding: 1.25em 0; border-top: 1px solid var(--line); scroll-margin-top: var(--guidance-scroll-margin, 0px); }
article.newest { min-height: var(--guidance-reserve, 100vh); }
article h3 { white-space: pre-line; margin-bottom: 0.75em; padding: 0.6em 0.8em; background: var(--tint); }
.body { gap: 1em; margin-top: 0.5em; }
.body > .secondary { justify-self: start; }
.dots { animation: pulse 1.2s ease-in-out infinite; }
@keyframes pulse { 50% { opacity: 0.2; } }
.progress { min-height: 3em; align-content: start; }
@media (max-width: 30em) { .progress { min-height: 5em; } }
.from { font-weight: 700; }
.words { gap: 0.4em; border-left: 4px solid var(--accent); padding-left: 0.9em; }
.references { white-space: nowrap; }
.references a { display: inline-block; min-width: 1.75em; min-height: 1.5em; text-align: center; }
.notice { display: flex; border: 1px solid var(--line); border-left: 6px solid var(--quiet); padding: 0.6em 0.8em; }
.notice.grave { background: var(--warning); border-color: var(--warning-line); }
section.notice { display: block; }
.notice li + li { margin-top: 0.5em; }

/* Sources */
.sources, .feedback { border-top: 1px solid var(--line); padding-top: 0.9em; }
:is(.sources, .questions) ul { list-style: none; padding: 0; display: grid; gap: 0.5em; margin-top: 0.4em; }
summary { cursor: pointer; padding: 0.25em 0; }
details[open] { background: var(--tint); padding: 0.3em 0.8em 0.6em; }
.passage { margin: 0.6em 0; min-height: 8em; align-content: start; }
.text { border-left: 4px solid var(--line); padding-left: 0.9em; }
.text ul { list-style: disc; padding-left: 1.25em; }
mark { background: var(--mark); color: var(--on-mark); text-decoration: underline 2px; }
dl { font-size: 0.9em; }
dl div { display: flex; flex-wrap: wrap; }
dt { flex: 0 0 7em; color: var(--quiet); }
dd { flex: 1 1 14em; }
.links a, .actions a { padding: 0.2em 0; display: inline-block; margin-right: 0.5em; }
.feedback form { justify-items: start; width: 100%; }
.feedback form > label { width: 100%; }
fieldset { border: 0; margin: 0; padding: 0; }
.choice { display: flex; gap: 0.6em; align-items: center; font-weight: 400; min-height: 2em; }
.choice input { width: 1.4em; height: 1.4em; flex: none; accent-color: var(--accent); margin: 0; }

/* The question box stays in view where there is room: answers that grow push nothing about. */
.composer { margin-top: 1em; padding: 0.75em 0; background: var(--surface); }
.composer .row { justify-content: space-between; }
#errors ul { list-style: none; padding: 0; }
.opening { min-height: 19em; margin-top: 1.25em; }
@media (pointer: coarse) { #hint span { display: none; } }
@media (min-height: 44em) {
  article.newest { min-height: var(--guidance-reserve, calc(100vh - 13em)); }
  .turns:not(:empty) ~ .composer { position: sticky; bottom: 0; border-top: 1px solid var(--line); z-index: 1; }
  .turns :is(a, button, summary, details, input, textarea, .feedback, [tabindex]) { scroll-margin: 1em 0 15em; }
}
@media (prefers-contrast: more) {
  .conversation { --quiet: var(--text); --line: var(--text); --link: light-dark(#003c71, #c4e3ff); --warning-line: var(--text); }
}
@media (forced-colors: active) {
  details[open], article h3 { border: 1px solid CanvasText; }
  mark { background: Mark; color: MarkText; }
  :focus-visible { outline-color: Highlight !important; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
@media print {
  :host { color-scheme: light; }
  .conversation { font-size: 11pt; }
  .composer, .turns + div, .row:not(.progress), .questions, .links, .opening { display: none !important; }
  article.newest { min-height: 0; }
  .printed { display: block; }
  .notice, .words, li { break-inside: avoid; }
  h3, h4, h5, .from { break-after: avoid; outline: none !important; }
}
`;
