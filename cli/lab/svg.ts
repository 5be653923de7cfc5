/** A small SVG writer: elements as text, escaped, with numbers at one decimal so that equal figures give equal bytes. */

export type Attributes = Readonly<Record<string, string | number>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (letter) => ESCAPES[letter] ?? letter);
const written = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 10) / 10) : escaped(value);

/** One element; `inside` is markup already. */
export const element = (name: string, attributes: Attributes, ...inside: string[]): string => {
  const open = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${written(value)}"`)].join(' ');
  return inside.length === 0 ? `<${open}/>` : `<${open}>${inside.join('')}</${name}>`;
};

export const label = (x: number, y: number, words: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(words));

/** A straight scale from figures to pixels. */
export const scale =
  ([from, to]: readonly [number, number], [low, high]: readonly [number, number]) =>
  (value: number): number =>
    low + ((value - from) / (to - from || 1)) * (high - low);

export const polyline = (points: readonly (readonly [number, number])[], attributes: Attributes): string =>
  element('polyline', { points: points.map(([x, y]) => `${written(x)},${written(y)}`).join(' '), fill: 'none', ...attributes });

/** A round step that gives about `count` ticks. */
export const tickStep = (most: number, count: number): number => {
  const rough = Math.max(most, 1e-9) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power * 10;
};
export const ticks = (most: number, count: number): number[] => {
  const step = tickStep(most, count);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, at) => at * step);
};

const FONT = "system-ui, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
export const INK = {
  text: '#1d2733',
  soft: '#5b6672',
  grid: '#dfe4e9',
  priority: '#b5480c',
  rest: '#20659a',
  bound: '#b5480c',
  slack: '#dbe5ee',
  range: '#b9c9d8',
} as const;

/** A whole chart with its title, a line under it, and a footer that says what the figures are. */
export const chart = (
  width: number,
  height: number,
  words: { title: string; subtitle: string; footer: string },
  ...inside: string[]
): string => {
  const background = element('rect', { x: 0, y: 0, width, height, fill: '#ffffff' });
  const head = [
    label(24, 34, words.title, { 'font-size': 19, 'font-weight': 600 }),
    label(24, 56, words.subtitle, { fill: INK.soft }),
  ];
  const foot = label(24, height - 14, words.footer, { fill: INK.soft, 'font-size': 11 });
  const body = element(
    'g',
    { 'font-family': FONT, 'font-size': 13, fill: INK.text },
    element('title', {}, escaped(words.title)),
    background,
    ...head,
    ...inside,
    foot,
  );
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' }, body)}\n`;
};
