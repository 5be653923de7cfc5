import { readFileSync } from 'node:fs';
import { readMessage, type Segment } from '../../shared/hl7/index.ts';
import { sharedPath } from './shared.ts';

interface Row { readonly path: string; readonly usage: string; readonly max: string; readonly maxLength: number }
interface Part extends Row { readonly component: number; readonly subcomponent: number | undefined }
interface Field extends Row { readonly field: number; readonly parts: Part[] }

/** Usage of the fields of each segment of a profile, and of their components: the NIST table. */
const usageOf = (profile: string): ReadonlyMap<string, readonly Field[]> => {
  const rows = readFileSync(sharedPath('hl7/nist-profiles/usage.tsv'), 'utf8').split('\n').map((line) => line.split('\t'));
  const fields = new Map<string, Map<number, Field>>();
  for (const [of, whole = '', , , usage = '', , max = '', , maxLength = ''] of rows) {
    const path = whole.split('/').at(-1) ?? '';
    const [, segment, field, component, subcomponent] = /^([A-Z0-9]{3})-(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(path) ?? [];
    if (of !== profile || segment === undefined || field === undefined) continue;
    const row: Row = { path, usage, max, maxLength: Number(maxLength) || Infinity };
    const known = fields.get(segment) ?? new Map<number, Field>();
    fields.set(segment, known);
    if (component === undefined) known.set(Number(field), { ...row, field: Number(field), parts: known.get(Number(field))?.parts ?? [] });
    else known.get(Number(field))?.parts.push({ ...row, component: Number(component), subcomponent: subcomponent === undefined ? undefined : Number(subcomponent) });
  }
  return new Map([...fields].map(([segment, known]) => [segment, [...known.values()]]));
};
const tables = new Map<string, ReadonlyMap<string, readonly Field[]>>();

/** Order of the segments, by profile (hl7.md 4.11 and the groups of the NIST table). */
const structures: Readonly<Record<string, RegExp>> = {
  Z31: /^MSH MSA (ERR )?QAK QPD (PID (PD1 )?(NK1 )*)+$/,
  Z32: /^MSH MSA (ERR )?QAK QPD PID (PD1 )?(NK1 )*(ORC RXA (RXR )?(OBX (NTE )?)*)*$/,
  Z33: /^MSH MSA (ERR )?QAK QPD $/,
  Z42: /^MSH MSA (ERR )?QAK QPD PID (PD1 )?(NK1 )*(ORC RXA (RXR )?(OBX (NTE )?)+)+$/,
};

/** Our number of a person and of a dose are longer than the profile recommends; the standard lets lengths be agreed on (docs/hl7-rules.md). */
const longerThanAdvised = new Set(['PID-3.1']);
const codedFields = new Set(['RXA-5', 'RXA-7', 'RXA-9', 'RXA-17', 'RXA-18', 'RXR-1', 'RXR-2', 'OBX-3', 'PID-10', 'PID-22']);
const is = (segment: Segment, field: number, ...values: string[]): boolean => values.includes(segment.value(field));

/** Conditional usage and constraints, by the NIST names; each says what is wrong. */
const rules: readonly { readonly id: string; readonly segment: string; readonly breaks: (segment: Segment, profile: string) => boolean }[] = [
  { id: 'IZ-59', segment: 'MSH', breaks: (msh) => msh.text(9) !== 'RSP^K11^RSP_K11' },
  { id: 'IZ-12, IZ-13', segment: 'MSH', breaks: (msh) => !msh.raw.startsWith('MSH|^~\\&|') },
  { id: 'IZ-15', segment: 'MSH', breaks: (msh) => !is(msh, 12, '2.5.1') },
  { id: 'IZ-52, IZ-53', segment: 'MSH', breaks: (msh) => !is(msh, 15, 'NE') || !is(msh, 16, 'NE') },
  { id: 'IZ-60, 61, 63, 65', segment: 'MSH', breaks: (msh, profile) => msh.text(21) !== `${profile}^CDCPHINVS` },
  { id: 'IZ-TS_Z', segment: 'MSH', breaks: (msh) => !/^\d{14}[+-]\d{4}$/.test(msh.value(7)) },
  { id: 'IZ-TS_NZ', segment: 'PID', breaks: (pid) => !/^\d{8}$/.test(pid.value(7)) },
  { id: 'PID-29 needs PID-30', segment: 'PID', breaks: (pid) => pid.has(29) && !is(pid, 30, 'Y') },
  { id: 'PD1-13 needs PD1-12', segment: 'PD1', breaks: (pd1) => pd1.has(13) && !pd1.has(12) },
  { id: 'PD1-17 needs PD1-16', segment: 'PD1', breaks: (pd1) => pd1.has(17) && !pd1.has(16) },
  { id: 'IZ-25', segment: 'ORC', breaks: (orc) => !is(orc, 1, 'RE') },
  { id: 'IZ-28, IZ-29', segment: 'RXA', breaks: (rxa) => !is(rxa, 1, '0') || !is(rxa, 2, '1') },
  { id: 'IZ-30', segment: 'RXA', breaks: (rxa) => rxa.has(4) && rxa.value(4) !== rxa.value(3) },
  { id: 'IZ-TS_NZ', segment: 'RXA', breaks: (rxa) => !/^\d{8}$/.test(rxa.value(3)) },
  { id: 'IZ-TS_M', segment: 'RXA', breaks: (rxa) => rxa.has(16) && !/^\d{6}(\d{2})?$/.test(rxa.value(16)) },
  { id: 'IZ-48, IZ-49', segment: 'RXA', breaks: (rxa) => (is(rxa, 20, 'RE') || is(rxa, 5, '998')) && !is(rxa, 6, '999') },
  { id: 'RXA-7', segment: 'RXA', breaks: (rxa) => rxa.has(7) === is(rxa, 6, '999') },
  { id: 'IZ-31, IZ-47', segment: 'RXA', breaks: (rxa) => (is(rxa, 20, 'CP', 'PA') ? !/^0[0-8]$/.test(rxa.value(9)) : rxa.has(9)) },
  { id: 'IZ-32', segment: 'RXA', breaks: (rxa) => rxa.has(18) !== is(rxa, 20, 'RE') },
  { id: 'RXA-15, RXA-17', segment: 'RXA', breaks: (rxa, profile) => is(rxa, 9, '00') && (!rxa.has(17) || (profile === 'Z32' && !rxa.has(15))) },
  { id: 'IZ-44', segment: 'OBX', breaks: (obx) => !/^[1-9]\d*$/.test(obx.value(4)) },
  { id: 'IZ-22', segment: 'OBX', breaks: (obx) => !is(obx, 11, 'F') },
  { id: 'OBX-14', segment: 'OBX', breaks: (obx) => obx.has(14) && !/^\d{8}$/.test(obx.value(14)) },
];

const fieldFaults = (segment: Segment, fields: readonly Field[]): string[] => {
  const faults: string[] = [];
  const judge = ({ path, usage }: Row, isThere: boolean): void => {
    if (usage === 'R' && !isThere) faults.push(`${path} is required`);
    if (usage === 'X' && isThere) faults.push(`${path} is not supported`);
  };
  if (segment.lastField > Math.max(...fields.map(({ field }) => field))) faults.push(`${segment.name} has fields that are not defined`);
  for (const row of fields) {
    const { field, path, parts } = row;
    judge(row, segment.has(field));
    if (row.max === '1' && segment.repetitions(field) > 1) faults.push(`${path} is repeated`);
    if (field <= 2 && segment.name === 'MSH') continue;
    for (let repetition = 1; repetition <= segment.repetitions(field); repetition += 1) {
      for (const part of parts) {
        const whole = segment.value(field, part.component, repetition);
        const value = part.subcomponent === undefined ? whole : segment.value(field, part.component, repetition, part.subcomponent);
        if (part.subcomponent === undefined || whole !== '') judge(part, value !== '');
        if (value.length > part.maxLength && !longerThanAdvised.has(part.path) && !value.includes('&')) faults.push(`${part.path} is longer than ${part.maxLength}`);
      }
      if (codedFields.has(path)) {
        const [id, code, system] = [4, 1, 6].map((component) => segment.value(field, component, repetition) !== '');
        if (code !== true || id !== system) faults.push(`${path}: a code and its system come together`);
      }
    }
  }
  return faults;
};

/** What is improper in a response to a query, held against the NIST profile it names. Empty when it conforms; QPD is the asker's own. */
export const profileFaults = (response: string): string[] => {
  const message = readMessage(response);
  const profile = message.header?.value(21) ?? '';
  const table = tables.get(profile) ?? usageOf(`RSP-${profile}`);
  tables.set(profile, table);
  const names = message.segments.map(({ name }) => `${name} `).join('');
  const faults: string[] = [];
  if (table.size === 0) return [`${profile} is no profile of responses`];
  if (!structures[profile]?.test(names)) faults.push(`the segments are ${names}`);
  for (const segment of message.segments) {
    if (segment.name === 'QPD') continue;
    faults.push(...fieldFaults(segment, table.get(segment.name) ?? []).filter((fault) => segment.name !== 'QAK' || fault.startsWith('QAK-2')));
    faults.push(...rules.filter((rule) => rule.segment === segment.name && rule.breaks(segment, profile)).map(({ id }) => `${segment.name} breaks ${id}`));
  }
  message.all('PID').forEach((pid, at) => { if (pid.value(1) !== String(at + 1)) faults.push('PID-1 does not count (IZ-46, IZ-72)'); });
  message.all('OBX').forEach((obx, at) => { if (obx.value(1) !== String(at + 1)) faults.push('OBX-1 does not count (NIST-01)'); });
  message.segments.forEach((segment, at) => {
    const rxa = message.segments[at + 1];
    if (segment.name === 'ORC' && rxa !== undefined && is(rxa, 20, 'RE', 'NA') && segment.value(3) !== '9999') faults.push('ORC breaks IZ-45');
  });
  return faults;
};
