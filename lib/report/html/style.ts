import { markup } from './markup.ts'

const css = `
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #1b1f24; --faint: #5b6671; --line: #d9dee4; --code: #f1f3f6;
  --alarm: #b3261e; --calm: #1a7f37; --caution: #8a5a00; --link: #0b57a4; --mark: #ffe08a; --on-mark: #1b1f24;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1c2025; --ink: #e4e8ec; --faint: #9ba6b2; --line: #343b44; --code: #15181c;
    --alarm: #ff8f85; --calm: #6fcf8e; --caution: #e5b84f; --link: #82b8ff; --mark: #6b5300; --on-mark: #fff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
header { margin-top: 1.5rem; border-left: .35rem solid var(--calm); }
header.alarm { border-color: var(--alarm); }
h1 { margin: 0; font-size: 1.35rem; line-height: 1.35; }
.alarm h1 { color: var(--alarm); }
.calm h1 { color: var(--calm); }
header ul { margin: .5rem 0 0; padding-left: 1.2rem; color: var(--caution); }
nav { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .75rem; }
nav a { display: inline-flex; gap: .5rem; padding: .1rem .65rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); color: var(--ink); text-decoration: none; }
nav a::first-letter, h2::first-letter { text-transform: uppercase; }
nav b { color: var(--faint); font-weight: 600; }
h2 { margin: 2rem 0 .6rem; font-size: 1.1rem; }
h3 { margin: 0 0 .6rem; font-size: 1rem; font-weight: 400; line-height: 1.45; }
h4 { margin: 1rem 0 .3rem; font-size: .95rem; }
p { margin: .5rem 0; }
article, section > dl, section > .table { margin: 0 0 1rem; padding: .9rem 1.1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
a { color: var(--link); }
code, pre, dd, li, td { overflow-wrap: anywhere; unicode-bidi: isolate; }
td, td code { overflow-wrap: break-word; }
td code { display: inline-block; max-width: 28rem; }
time { white-space: nowrap; }
code, pre, .from dd, ol { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; }
.source { margin: .6rem 0; padding: .6rem .8rem; overflow-x: auto; border-radius: .35rem; background: var(--code); font-size: 13px; line-height: 1.5; color: var(--faint); }
.source strong { color: var(--ink); font-weight: 600; }
.source strong .number { color: var(--alarm); }
.number { padding-right: .6rem; user-select: none; }
mark { border-radius: .15rem; background: var(--mark); color: var(--on-mark); }
dl { margin: .4rem 0; }
dl div { display: grid; grid-template-columns: 5.5rem 1fr; }
dt { grid-column: 1; color: var(--faint); }
dd { grid-column: 2; margin: 0; }
.from dd { white-space: pre-wrap; line-height: 1.75; }
.why dt { color: var(--caution); }
.fix dt { color: var(--calm); }
.table { overflow-x: auto; }
article .table { margin: .6rem 0; }
table { border-collapse: collapse; font-size: .92em; }
th, td { padding: .2rem 1.2rem .2rem 0; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid var(--line); color: var(--faint); font-weight: 500; vertical-align: bottom; }
td { min-width: 3rem; font-variant-numeric: tabular-nums; }
.more { color: var(--faint); }
details { margin-top: .5rem; }
summary { color: var(--faint); cursor: pointer; }
details:target, p:target { outline: 2px solid var(--link); outline-offset: .3rem; border-radius: .2rem; }
ol { margin: .4rem 0; padding-left: 2.4rem; line-height: 1.7; }
ol code { font-size: 1em; }
.foreign { color: var(--faint); }
.opening { font-weight: 700; }
.between { list-style: none; font-style: italic; }
#process dl { margin-bottom: 2.5rem; }
@media (max-width: 40rem) {
  header, main { padding: 0 .75rem; }
  article, section > dl, section > .table { padding: .75rem; }
  h1 { font-size: 1.15rem; }
  td code { max-width: 60vw; }
  dl div { grid-template-columns: 3.6rem 1fr; }
}
@media print {
  body { background: none; font-size: 10pt; }
  header, main { max-width: none; }
  nav { display: none; }
  h2, h3, h4 { break-after: avoid; }
  pre, dl, tr, details { break-inside: avoid; }
  pre, td { white-space: pre-wrap; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`

/** The style of every page. */
export const style = markup(`<style>${css}</style>`)
