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
header, main, footer { max-inline-size: 64rem; margin-inline: auto; padding-inline: 1rem }
header { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 1.5rem; padding-block: .75rem; border-block-end: 1px solid var(--line) }
header > a { font-weight: 700; color: var(--text); text-decoration: none }
header ul { display: flex; flex-wrap: wrap; column-gap: 1.25rem; margin: 0; padding: 0; list-style: none }
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
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); column-gap: 2rem; row-gap: .25rem }
.columns h2 { margin-block-start: 1rem }
.links { margin: 0; padding: 0; list-style: none }
.links a { display: inline-block; min-block-size: 1.5rem }
dl { margin-block: .5rem }
dt { margin-block-start: .6rem }
dd { margin-inline-start: 1.25rem; color: var(--faint); max-inline-size: 46rem }
.note { color: var(--faint); font-size: .9rem }
.status { color: var(--accent); font-weight: 600 }
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media (forced-colors: active) { pre { border: 1px solid } .skip { border-color: LinkText } }
@media print {
  :root { --text: #000; --faint: #333; --page: #fff; --box: #fff; --line: #999; --link: #000; --accent: #000 }
  header nav, .skip { display: none }
  pre, dl { break-inside: avoid }
  main a[href^='/']::after { content: ' (' attr(href) ')'; font-size: .85em }
}
`;

/** Another text has another address, so that the answer never changes. */
export const STYLESHEET_PATH = `/assets/${hash('sha256', STYLESHEET, 'hex').slice(0, 16)}/style.css`;
