"""How the page of an audit looks, by day, by night, on a telephone and on paper."""

STYLE = """
:root { color-scheme: light dark; --line: #d9dce1; --soft: #5b6470; --ground: #f5f6f8; --card: #fff; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --line: #343a42; --soft: #a3acb8; --ground: #14171b; --card: #1d2126; --link: #7db7f5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 75rem; margin: 0 auto; padding: 1.5rem; }
main { padding-top: 0; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 0; font-size: 1.15rem; }
h2 small { color: var(--soft); font-weight: normal; }
p { margin: .25rem 0 1rem; color: var(--soft); }
a { color: var(--link); }
ul { margin: 0; padding: 0; list-style: none; }
nav ul { display: flex; flex-wrap: wrap; gap: .75rem; }
nav a, nav span { display: block; min-width: 8rem; padding: .75rem 1rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--card); text-decoration: none; }
nav span { color: var(--soft); }
nav a:hover { border-color: var(--link); }
nav b { display: block; font-size: 1.5rem; line-height: 1.2; }
section { margin-bottom: 1.5rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { padding: .4rem .75rem .4rem 0; text-align: left; font-weight: 600; color: var(--soft);
  border-bottom: 1px solid var(--line); }
th:first-child { width: 8.5rem; }
td { padding: .75rem .75rem .75rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody + tbody { border-top: 3px solid var(--line); }
tbody:last-child tr:last-child td { border-bottom: 0; }
img, .none { display: block; width: 7.5rem; height: 7.5rem; border: 1px solid var(--line); border-radius: .25rem; }
img { object-fit: contain; background: #fff; }
.none { display: grid; place-items: center; border-style: dashed; color: var(--soft); font-size: .85rem; }
.low { height: 2.5rem; }
.facts, .path { color: var(--soft); font-size: .87rem; }
.path { font-family: ui-monospace, monospace; font-size: .8rem; }
@media (max-width: 40rem) {
  header, main { padding: 1rem; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: grid; grid-template-columns: 6.5rem 1fr; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { border: 0; padding: .25rem 0; }
  td:first-child { grid-row: span 2; }
  img, .none { width: 5.5rem; height: 5.5rem; }
  .low { height: 2.5rem; }
}
@media print { section { border: 0; padding: 0; } tr { break-inside: avoid; } }
"""
