import { vaccineCodes } from '../../shared/codes/vaccines.ts';
import { readVxu } from '../../functions/doses/domain/vxu/read.ts';
import type { ImmunizationReport, VxuContext } from '../../functions/doses/domain/vxu/types.ts';

/** A report of one new dose without any fault. */
const CLEAN: readonly string[] = [
  'MSH|^~\\&|EHR|CLINIC-1|IIS|DPH|20210401120000-0400||VXU^V04^VXU_V04|CTRL-1|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS|CLINIC-1',
  'PID|1||MRN-77^^^CLINIC-1^MR||Quimby^Ariadne^Zoe^^^^L|Thistlewood^Hero^^^^^M|19810203|F||2106-3^White^CDCREC|'
    + '17 Larkspur Row^^Hartford^CT^06103^USA^L||^PRN^PH^^^860^5550142|||||||||2186-5^Not Hispanic^CDCREC||N||||||N',
  'PD1|||||||||||02^Reminder^HL70215|N|20210401|||A|20210401|20210401',
  'NK1|1|Quimby^Osric^^^^^L|SPO^Spouse^HL70063',
  'ORC|RE||ORD-5^CLINIC-1|||||||^Okafor^Ngozi||1234567893^Lindqvist^Per',
  'RXA|0|1|20210331||208^COVID-19, Pfizer^CVX^59267-1000-01^Pfizer vial^NDC|0.3|mL^^UCUM||00^New record^NIP001|99^Moreau^Ines|'
    + '^^^CLINIC-1||||EW0150|20210731|PFR^Pfizer^MVX|||CP|A',
  'RXR|C28161^IM^NCIT|LD^Left deltoid^HL70163',
  'OBX|1|CE|64994-7^Eligibility^LN|1|V01^Not eligible^HL70064||||||F|||20210331|||VXC40^per immunization^CDCPHINVS',
  'OBX|2|CE|30963-3^Funding^LN|1|VXC50^Public^CDCPHINVS||||||F|||20210331',
];

/** Fields to set in the first segment of a name, as sent: `{ 'RXA-5': '998^none^CVX' }`. */
export type Changes = Readonly<Record<`${string}-${number}`, string>>;
export type VxuEdit = { readonly set?: Changes; readonly without?: readonly string[]; readonly append?: readonly string[] };

const changed = (line: string, set: Changes): string => {
  const name = line.slice(0, 3);
  const fields = line.split('|');
  const offset = name === 'MSH' ? 1 : 0;
  for (const [place, value] of Object.entries(set)) {
    const [segment, number] = place.split('-');
    if (segment !== name) continue;
    while (fields.length <= Number(number) - offset) fields.push('');
    fields[Number(number) - offset] = value;
  }
  return fields.join('|');
};

/** The clean message with changes; the segments named in `without` are left out, `append` goes at the end. */
export const vxu = ({ set = {}, without = [], append = [] }: VxuEdit = {}): string => {
  const done = new Set<string>();
  const lines = CLEAN.filter((line) => !without.includes(line.slice(0, 3))).map((line) => {
    const first = !done.has(line.slice(0, 3));
    done.add(line.slice(0, 3));
    return first ? changed(line, set) : line;
  });
  return [...lines, ...append].map((line) => `${line}\r`).join('');
};

export const vxuContext: VxuContext = { codes: vaccineCodes, receivedAt: '2021-04-01T17:00:00.000Z', timeZone: 'America/New_York' };

export const report = (edit: VxuEdit = {}, context: Partial<VxuContext> = {}): ImmunizationReport =>
  readVxu(vxu(edit), { ...vxuContext, ...context });

/** Faults in one line each, for tables: `W HL7-56 RXA^1^15 101`. */
export const faultLines = ({ faults }: Pick<ImmunizationReport, 'faults'>): string[] => faults.map(({ severity, rule, location, code }) => {
  const { segment = '', occurrence = '', field, repetition, component } = location ?? {};
  const place = [segment, occurrence, field, component === undefined ? repetition : repetition ?? 1, component].filter((part) => part !== undefined);
  return `${severity} ${rule} ${place.join('^')} ${code}`;
});
