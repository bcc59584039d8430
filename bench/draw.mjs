// Makes docs/performance.md's tables and curves from the lines of JSON that bench printed:
//   node bench/draw.mjs docs/performance/figures.jsonl docs
// Of a figure that was taken twice the last line counts, and the others are taken out.
import { readFileSync, writeFileSync } from 'node:fs';

const [lines, docs] = process.argv.slice(2);
const figures = new Map();
for (const line of readFileSync(lines, 'utf8').split('\n').filter(Boolean)) {
  const one = JSON.parse(line);
  figures.delete(one.figure);
  figures.set(one.figure, one);
}

writeFileSync(lines, [...figures.values()].map((one) => `${JSON.stringify(one)}\n`).join(''));

// --- Curves: one panel a group of pages, the sizes and the milliseconds on logarithmic scales.

const WIDTH = 720;
const HEIGHT = 340;
const FRAME = { left: 56, right: 190, top: 34, bottom: 42 };
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #50535d }
  .title { font-size: 14px; font-weight: 600; fill: #1a1b20 }
  .grid { stroke: #e7e7ec; stroke-width: 1 }
  .reach { stroke: #d63236; stroke-dasharray: 4 4; stroke-width: 1.5 }
  .reach-text { fill: #b01f22 }
  .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #4a50d2 } .c1 { stroke: #23995a } .c2 { stroke: #d2760a } .c3 { stroke: #146a9e }
  .c4 { stroke: #0b7268 } .c5 { stroke: #b01f22 } .c6 { stroke: #868995 } .c7 { stroke: #735700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #b4b6c0 } .title { fill: #ececf1 } .grid { stroke: #2f3038 } .reach { stroke: #ff7b7d } .reach-text { fill: #ff9a9c }
    .c0 { stroke: #8f95ff } .c1 { stroke: #4cc987 } .c2 { stroke: #f0a04b } .c3 { stroke: #5db8f0 }
    .c4 { stroke: #3fc4b5 } .c5 { stroke: #ff7b7d } .c6 { stroke: #a5a7b3 } .c7 { stroke: #d6b84a }
  }`;

const shown = (count) =>
  count >= 1e6 ? `${count / 1e6} million` : count.toLocaleString('en');

function curve(title, series, reach) {
  const points = series.flatMap(({ points }) => points);
  const xs = [...new Set(points.map(([x]) => x))].sort((a, b) => a - b);
  const values = [...points.map(([, y]) => y), reach];
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  const inner = { w: WIDTH - FRAME.left - FRAME.right, h: HEIGHT - FRAME.top - FRAME.bottom };
  const span = Math.log10(xs.at(-1) / xs[0]) || 1;
  const x = (value) => FRAME.left + (Math.log10(value / xs[0]) / span) * inner.w;
  const y = (value) =>
    FRAME.top + inner.h - (Math.log10(value / low) / Math.log10(high / low)) * inner.h;
  const at = (number) => number.toFixed(1);
  const out = [`<text class="title" x="${FRAME.left}" y="18">${title}</text>`];
  for (let tick = low; tick <= high * 1.001; tick *= 10) {
    out.push(`<path class="grid" d="M${FRAME.left} ${at(y(tick))}h${inner.w}"/>`);
    out.push(
      `<text x="${FRAME.left - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${+tick.toPrecision(1)} ms</text>`,
    );
  }
  for (const size of xs) {
    out.push(`<path class="grid" d="M${at(x(size))} ${FRAME.top}v${inner.h}"/>`);
    out.push(
      `<text x="${at(x(size))}" y="${HEIGHT - 18}" text-anchor="middle">${shown(size)}</text>`,
    );
  }
  out.push(`<path class="reach" d="M${FRAME.left} ${at(y(reach))}h${inner.w}"/>`);
  out.push(
    `<text class="reach-text" x="${FRAME.left + 6}" y="${at(y(reach) + 15)}">aim for p99: ${reach} ms</text>`,
  );
  // Names stand at the ends of their lines, and not on each other.
  const ends = series
    .map((one, number) => ({ ...one, number, end: y(one.points.at(-1)[1]) }))
    .sort((a, b) => a.end - b.end);
  let below = -Infinity;
  for (const { name, points, number, end } of ends) {
    const path = points.map(([px, py]) => `${at(x(px))} ${at(y(py))}`).join('L');
    out.push(`<path class="line c${number % 8}" d="M${path}"/>`);
    for (const [px, py] of points) {
      out.push(`<circle class="line c${number % 8}" cx="${at(x(px))}" cy="${at(y(py))}" r="2.5"/>`);
    }
    const place = Math.max(end + 4, below + 15);
    below = place;
    const right = FRAME.left + inner.w;
    out.push(`<path class="line c${number % 8}" d="M${right + 8} ${at(place - 4)}h12"/>`);
    out.push(`<text x="${right + 26}" y="${at(place)}">${name}</text>`);
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>${STYLE}
</style>
${out.join('\n')}
</svg>
`;
}

const sized = (prefix, percent) => {
  const series = new Map();
  for (const [name, { value }] of figures) {
    const match = name.match(/^(.*)\.p(\d+)@(\d+)$/);
    if (!match?.[1].startsWith(prefix) || Number(match[2]) !== percent) continue;
    const page = match[1].slice(prefix.length);
    if (!series.has(page)) series.set(page, []);
    series.get(page).push([Number(match[3]), value]);
  }
  return [...series].map(([name, points]) => ({
    name,
    points: points.sort((a, b) => a[0] - b[0]),
  }));
};

const curves = [];
for (const [backend, product] of [
  ['sqlite', 'SQLite'],
  ['postgres', 'PostgreSQL'],
]) {
  const all = sized(`read.${backend}.`, 50);
  for (const [part, isSearch, reach] of [
    ['pages', false, 20],
    ['search', true, 100],
  ]) {
    const series = all.filter(({ name }) => name.startsWith('search') === isSearch);
    if (!series.length) continue;
    const title = `${product}: ${part}, p50 by the number of messages`;
    const file = `performance/read-${backend}-${part}.svg`;
    writeFileSync(`${docs}/${file}`, curve(title, series, reach));
    curves.push(`![${title}](${file})`);
  }
}

// --- Tables

const number = (value) => value.toLocaleString('en', { maximumFractionDigits: 2 });
const row = ({ figure, value, unit, limit, limit_is: what, ratio }) =>
  `| \`${figure}\` | ${number(value)} ${unit} | ${number(limit)} | ${number(ratio)} | ${what} |`;
const others = [...figures.values()].filter(({ figure }) => !figure.startsWith('read.'));
const table = [
  '| figure | value | limit | ratio | the limit is |',
  '|---|--:|--:|--:|---|',
  ...others.map(row),
];

const sizes = (prefix) => {
  const by = new Map(sized(prefix, 50).map(({ name, points }) => [name, new Map(points)]));
  const p99 = sized(prefix, 99);
  const all = [...new Set(p99.flatMap(({ points }) => points.map(([size]) => size)))].sort(
    (a, b) => a - b,
  );
  if (!all.length) return ['Not taken yet.'];
  const bare = (name, size) => figures.get(`${prefix}${name}.p50@${size}`).limit;
  return [
    `| page | ${all.map((size) => `${shown(size)}`).join(' | ')} |`,
    `|---|${all.map(() => '--:|').join('')}`,
    ...p99.map(({ name, points }) => {
      const of = new Map(points);
      const cell = (size) =>
        of.has(size)
          ? `${number(by.get(name).get(size))} / ${number(of.get(size))} (${number(bare(name, size))})`
          : '–';
      return `| \`${name}\` | ${all.map(cell).join(' | ')} |`;
    }),
  ];
};

const parts = { figures: table, curves };
for (const backend of ['sqlite', 'postgres']) parts[`read.${backend}`] = sizes(`read.${backend}.`);

const page = `${docs}/performance.md`;
let text = readFileSync(page, 'utf8');
for (const [name, made] of Object.entries(parts)) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}`);
  text = `${text.slice(0, from + begin.length)}\n${made.join('\n')}\n${text.slice(to)}`;
}
writeFileSync(page, text);
