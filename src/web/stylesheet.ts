// The one style sheet of all pages. Only logical properties, so that it serves scripts of both directions.
import { hash } from 'node:crypto';

export const STYLESHEET = `:root {
  color-scheme: light dark;
  --text: #1b1b1b; --faint: #55585c; --page: #fff; --box: #f4f4f2; --line: #d5d5d2; --link: #0b57a4; --accent: #7a1f2b;
}
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e6; --faint: #b2b5b9; --page: #161718; --box: #232527; --line: #44474a; --link: #8cc1f7; --accent: #f0a6b0; }
}
* { box-sizing: border-box }
html { text-size-adjust: 100% }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--page); overflow-wrap: anywhere }
header, main, footer, .time, .banner { max-inline-size: 64rem; margin-inline: auto; padding-inline: 1rem }
header { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 1rem; padding-block: .75rem; border-block-end: 1px solid var(--line) }
header > a { font-weight: 700; color: var(--text); text-decoration: none }
header ul { display: flex; flex-wrap: wrap; column-gap: 1rem; margin: 0; padding: 0; list-style: none }
header a, footer a { display: inline-block; min-block-size: 1.5rem; padding-block: .15rem }
footer { margin-block: 3rem 2rem; padding-block-start: .75rem; border-block-start: 1px solid var(--line); color: var(--faint); font-size: .9rem }
.skip { position: absolute; inset-inline-start: .5rem; inset-block-start: -4rem; padding: .5rem .75rem; background: var(--page); border: 2px solid var(--link) }
.skip:focus { inset-block-start: .5rem }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
main:focus { outline: none }
a { color: var(--link); text-underline-offset: .15em }
a[aria-current] { color: var(--text); text-decoration-thickness: .15em }
h1, h2, h3 { line-height: 1.25; text-wrap: balance }
h1 { font-size: 1.7rem; margin-block: 1.5rem .75rem }
h2 { font-size: 1.2rem; margin-block: 2rem .5rem }
h3 { font-size: 1rem; margin-block: 1.25rem .25rem }
h2:target, h3:target, dt:target { background: var(--box); box-shadow: 0 0 0 .35rem var(--box) }
p { margin-block: .5rem; max-inline-size: 46rem }
code, pre { font-family: ui-monospace, monospace; font-size: .9em }
code { padding: .05em .25em; border-radius: .2em; background: var(--box) }
h1 code, h2 code, h3 code { padding: 0; background: none; font-size: 1em }
pre { margin-block: .5rem; padding: .75rem 1rem; border-inline-start: 3px solid var(--accent); background: var(--box); white-space: pre-wrap }
ul { padding-inline-start: 1.25rem }
header form { display: flex; gap: .35rem; margin-inline-start: auto }
input, button { font: inherit; min-block-size: 1.9rem; padding: .1rem .5rem; color: inherit; background: var(--page); border: 1px solid var(--faint); border-radius: .2rem }
button { background: var(--box); cursor: pointer }
header input { inline-size: 7.7rem; max-inline-size: 60vw }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
.time { padding-block: .5rem; border-block-end: 1px solid var(--line); color: var(--faint); font-size: .9rem }
.time > div, .time form { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .5rem }
.time > div { column-gap: 1.75rem }
.time input[type='number'] { inline-size: 6rem }
.time ul, .time ol { display: flex; flex-wrap: wrap; gap: .15rem 1rem; margin-block: .35rem; padding: 0; list-style: none }
.time li a { display: inline-block; min-block-size: 1.5rem; min-inline-size: 1.5rem }
summary { min-block-size: 1.5rem; cursor: pointer }
details[open] > summary { margin-block-end: .25rem }
.banner { margin-block-start: .75rem; padding: .6rem 1rem; background: var(--box); border-inline-start: 4px solid var(--accent) }
h1 small { font-weight: 400; color: var(--faint); font-size: .75em }
.fields { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; column-gap: 1.5rem; row-gap: .3rem; margin-block: 1rem }
.fields > div { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1 }
.fields dt { margin: 0; color: var(--faint) }
.fields dd { margin: 0; color: inherit }
.fields ol { margin: 0; padding-inline-start: 1.25rem }
table { inline-size: 100%; margin-block: .75rem; border-collapse: collapse; font-variant-numeric: tabular-nums }
caption { padding-block: .25rem; color: var(--faint); font-size: .9rem; text-align: start }
th, td { padding: .4rem 1rem .4rem 0; border-block-end: 1px solid var(--line); text-align: start; vertical-align: top; font-weight: 400; overflow-wrap: break-word }
thead th { color: var(--faint); font-size: .85rem }
td p { margin-block: .15rem }
.cards, .two-columns { padding: 0; list-style: none }
.cards > li { margin-block: 1.1rem }
.cards h2, .cards h3 { font-size: 1rem; margin-block: 0 }
.cards p { margin-block: .15rem }
.two-columns { columns: 22rem; column-gap: 2.5rem }
.two-columns li { margin-block-end: .45rem; break-inside: avoid }
.tag, .entry { color: var(--faint); font-size: .85em }
.tag { padding: .05em .45em; border: 1px solid var(--line); border-radius: 1em; white-space: nowrap }
.entry { margin-inline-end: .35em; font-variant-numeric: tabular-nums }
.provenance { color: var(--faint); font-size: .9rem; font-weight: 400 }
.imprecise { text-decoration: underline dotted var(--faint); text-underline-offset: .2em }
.amendment { padding-inline-start: .75rem; border-inline-start: 3px solid var(--accent); font-size: .92rem }
.state { padding: .5rem .9rem; background: var(--box) }
.agenda { margin-block: .5rem 1.5rem }
.item { margin-block: 2.25rem .25rem; padding-block-end: .2rem; border-block-end: 1px solid var(--line); font-weight: 600 }
.group { margin-block: 1.75rem .25rem; font-size: 1rem }
.statement, .report, .decision { margin-block: 1.25rem; max-inline-size: 46rem }
.report, .decision { padding: .25rem 1rem .5rem; background: var(--box) }
article h3 { font-size: 1rem; margin-block: .25rem; font-weight: 600 }
article:target { box-shadow: 0 0 0 .5rem var(--box) }
blockquote { margin: .35rem 0; padding-inline-start: 1rem; border-inline-start: 2px solid var(--line); white-space: pre-line }
blockquote.quoted { font-family: Georgia, 'Times New Roman', serif; font-size: 1.06rem; line-height: 1.6 }
.diff { font-size: .92rem }
del { color: var(--faint) }
ins { text-decoration-thickness: .12em; text-underline-offset: .2em }
mark { background: #ffe9a8; color: #1b1b1b }
.facets { display: flex; flex-wrap: wrap; column-gap: .75rem; color: var(--faint); font-size: .92rem }
.facets ul { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; padding: 0; list-style: none }
.facets a { display: inline-block; min-block-size: 1.5rem; min-inline-size: 1.5rem }
.timeline { margin: 1rem 0 }
.timeline figcaption, .timeline details { color: var(--faint); font-size: .9rem; max-inline-size: 46rem }
.scroll { overflow-x: auto }
svg { display: block; inline-size: 100%; min-inline-size: 34rem; font-size: 13px; fill: var(--text) }
.certain { fill: var(--accent) }
.possible { fill: none; stroke: var(--accent) }
.suspended { fill: var(--page); opacity: .65 }
.year { stroke: var(--line) }
.today { stroke: var(--text); stroke-dasharray: 3 3 }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); column-gap: 2rem; row-gap: .25rem }
.columns h2 { margin-block-start: 1rem }
.links { margin: 0; padding: 0; list-style: none }
.links a { display: inline-block; min-block-size: 1.5rem }
dl { margin-block: .5rem }
dt { margin-block-start: .6rem }
dd { margin-inline-start: 1.25rem; color: var(--faint); max-inline-size: 46rem }
.note { color: var(--faint); font-size: .9rem }
.status { color: var(--accent); font-weight: 600 }
@media (width < 40rem) {
  thead { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%) }
  tr, tbody th, td { display: block }
  tr { padding-block: .4rem; border-block-end: 1px solid var(--line) }
  tbody th, td { padding: .05rem 0; border: 0 }
  .fields { display: block }
  .fields > div { display: block; margin-block-end: .5rem }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media (forced-colors: active) { pre { border: 1px solid } .skip { border-color: LinkText } .certain { fill: CanvasText } .possible, .today { stroke: CanvasText } }
@media print {
  :root { --text: #000; --faint: #333; --page: #fff; --box: #fff; --line: #999; --link: #000; --accent: #000 }
  header nav, header form, .skip, .time, .facets { display: none }
  body { font-size: 10pt; line-height: 1.4 }
  pre, .fields, tr, .amendment { break-inside: avoid }
  h2, h3, .item, .group { break-after: avoid }
  .two-columns { columns: 2 }
  a { text-decoration: none }
  main a[href^='http']::after { content: ' (' attr(href) ')'; font-size: .85em }
  @page { margin: 18mm 16mm; @bottom-center { content: counter(page) ' / ' counter(pages) } }
}
`;

/** Another text has another address, so that the answer never changes. */
export const STYLESHEET_PATH = `/assets/${hash('sha256', STYLESHEET, 'hex').slice(0, 16)}/style.css`;
