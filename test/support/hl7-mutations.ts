/** Ways to damage a message as senders, interfaces and ill will do. Each takes bytes as Latin-1 text, so that any byte can be made. */
export type Mutation = (text: string, random: () => number) => string;

const at = (text: string, random: () => number): number => Math.floor(random() * (text.length + 1));
const pick = <T>(from: readonly T[], random: () => number): T | undefined => from[Math.floor(random() * from.length)];

const ODD = [
  '|', '^', '~', '\\', '&', '\r', '\n', '\r\n', '\u0000', '\u000B', '\u001C', '\u00FF', '\u00C3\u0028', '""', '\\F\\', '\\X0D\\', '\\Xff\\', '\\E\\F\\E\\', '\\.br\\',
  '%s', '{{x}}', '$name', '&amp;', '20210230', '99999999', '-1', '1e309', '9'.repeat(400), '~'.repeat(300), '^'.repeat(300), '__proto__', 'constructor', 'toString',
] as const;

const onLines = (change: (lines: string[], random: () => number) => void): Mutation => (text, random) => {
  const lines = text.split('\r');
  change(lines, random);
  return lines.join('\r');
};

const onFields = (change: (fields: string[], random: () => number) => void): Mutation => onLines((lines, random) => {
  const index = Math.floor(random() * lines.length);
  const fields = (lines[index] ?? '').split('|');
  change(fields, random);
  lines[index] = fields.join('|');
});

const place = (from: readonly unknown[], random: () => number): number => Math.floor(random() * from.length);

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  insert: (text, random) => { const i = at(text, random); return text.slice(0, i) + (pick(ODD, random) ?? '') + text.slice(i); },
  cut: (text, random) => { const i = at(text, random); return text.slice(0, i) + text.slice(i + 1 + Math.floor(random() * 20)); },
  truncate: (text, random) => text.slice(0, at(text, random)),
  behead: (text, random) => text.slice(at(text, random)),
  byte: (text, random) => { const i = at(text, random); return text.slice(0, i) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(i + 1); },
  dropLine: onLines((lines, random) => { lines.splice(place(lines, random), 1); }),
  repeatLine: onLines((lines, random) => { lines.splice(place(lines, random), 0, ...Array.from({ length: Math.ceil(random() * 50) }, () => pick(lines, random) ?? '')); }),
  moveLine: onLines((lines, random) => { const [line = ''] = lines.splice(place(lines, random), 1); lines.splice(place(lines, random), 0, line); }),
  emptyField: onFields((fields, random) => { fields[place(fields, random)] = ''; }),
  oddField: onFields((fields, random) => { fields[place(fields, random)] = pick(ODD, random) ?? ''; }),
  moveField: onFields((fields, random) => { const [field = ''] = fields.splice(place(fields, random), 1); fields.splice(place(fields, random), 0, field); }),
  repeatField: onFields((fields, random) => { const i = place(fields, random); fields[i] = Array.from({ length: Math.ceil(random() * 200) }, () => fields[i] ?? '').join('~'); }),
  separators: (text, random) => text.replace('|^~\\&', () => pick(['$*!/@', '|^~\\\\&', '|', '', '|~^\\&', '||||||'], random) ?? ''),
};
