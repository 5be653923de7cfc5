import * as cells from './cells.ts';
import type { ReadCell } from './cells.ts';

/** One column of a file of doses: its name, where it goes in a dose told in JSON, and how people write it. */
export interface DoseColumn {
  readonly name: string;
  /** Dotted path in the row of the JSON interface; a number is a place in a list. */
  readonly path: string;
  readonly read: ReadCell;
  readonly needed?: true;
  readonly example: string;
  readonly says: string;
}

const column = (name: string, path: string, read: ReadCell, example: string, says: string): DoseColumn => ({ name, path, read, example, says });
const needed = (name: string, path: string, read: ReadCell, example: string, says: string): DoseColumn => ({
  name,
  path,
  read,
  example,
  says,
  needed: true,
});

/** The columns of a file of doses, in the order of the template. Names are those of the field; codes are those of HL7. */
export const doseColumns: readonly DoseColumn[] = [
  needed('patient_id', 'patient.ids.0.id', cells.exact, 'A-1001', 'Your own number of the patient: the same number is the same record'),
  column('patient_id_authority', 'patient.ids.0.authority', cells.plain, '', 'Who gives such numbers; without it, your organization'),
  column('patient_id_type', 'patient.ids.0.type', cells.code, 'MR', 'HL70203; MR when empty'),
  needed('last_name', 'patient.name.family', cells.plain, 'Okafor', 'Family name'),
  needed('first_name', 'patient.name.given', cells.plain, 'Ada', 'First name'),
  column('middle_name', 'patient.name.middle', cells.plain, '', 'Middle name'),
  column('suffix', 'patient.name.suffix', cells.plain, '', 'Jr, III'),
  needed('birth_date', 'patient.birthDate', cells.day, '1956-03-12', 'YYYY-MM-DD'),
  needed('sex', 'patient.sex', cells.sex, 'F', 'F, M, X, U; female and male are read as F and M'),
  column('mothers_maiden_name', 'patient.mothersMaidenName', cells.plain, '', 'Family name; helps to find the right person'),
  column('race', 'patient.races', cells.listOfCodes, '2054-5', 'CDCREC, several with ; between'),
  column('ethnicity', 'patient.ethnicity', cells.code, '2186-5', 'CDCREC'),
  column('street', 'patient.address.street', cells.plain, '12 Oak Lane', 'Street and number'),
  column('street_2', 'patient.address.other', cells.plain, '', 'Apartment, unit'),
  column('city', 'patient.address.city', cells.plain, 'Hartford', 'City or town'),
  column('state', 'patient.address.state', cells.code, 'CT', 'Two letters'),
  column('zip', 'patient.address.zip', cells.zip, '06106', '5 digits, or 5+4'),
  column('county', 'patient.address.county', cells.plain, '09003', 'FIPS, five digits'),
  column('phone', 'patient.phone', cells.exact, '860-555-0177', 'Ten digits'),
  column('email', 'patient.email', cells.plain, '', 'E-mail'),
  column('multiple_birth', 'patient.multipleBirth', cells.yesNo, '', 'Y for twins and more'),
  column('birth_order', 'patient.birthOrder', cells.number, '', '1, 2 …'),
  column('protected', 'patient.protected', cells.yesNo, '', 'Y: the patient wishes that the record is shared with nobody'),
  column(
    'dose_id',
    'id',
    cells.exact,
    'D-55001',
    'Your own id of the vaccination: a row with the same id corrects it. Without it, patient, day and vaccine say which dose is meant',
  ),
  needed('given_on', 'givenOn', cells.day, '2021-03-08', 'YYYY-MM-DD'),
  column('cvx', 'vaccine.cvx', cells.code, '212', 'CVX; this or the NDC is needed'),
  column('ndc', 'vaccine.ndc', cells.ndc, '59676-0580-05', 'NDC of the vial or the carton'),
  column('completion', 'completion', cells.code, 'CP', 'CP given, PA in part, RE refused, NA not given; CP when empty'),
  column('source', 'source', cells.twoDigits, '00', 'NIP001: 00 given here, 01 to 08 an earlier dose; 00 when empty'),
  column('mvx', 'mvx', cells.code, 'JSN', 'Manufacturer'),
  column('lot', 'lot', cells.plain, '1805018', 'Lot as on the vial'),
  column('expiry', 'expiry', cells.monthOrDay, '2021-06-25', 'YYYY-MM-DD or YYYY-MM'),
  column('amount', 'amount', cells.number, '0.5', 'Amount given'),
  column('unit', 'unit', cells.plain, 'mL', 'Unit of the amount'),
  column('route', 'route', cells.code, 'C28161', 'NCIT: C28161 into a muscle'),
  column('body_site', 'bodySite', cells.code, 'LA', 'HL70163: LA, RA, LD, RD, LT, RT …'),
  column('refusal_reason', 'refusal', cells.twoDigits, '', 'NIP002, with RE: 00 to 03'),
  column('refusal_text', 'refusalText', cells.plain, '', 'In words, with reason 02'),
  column('funding', 'funding', cells.code, 'VXC50', 'PHC70 private, VXC50 public, VXC51 VFC, VXC52 public non-VFC'),
  column('eligibility', 'eligibility', cells.code, 'V01', 'HL70064: V01 …'),
  column('administered_by_id', 'administeredBy.id', cells.plain, '', 'Who gave it: NPI or licence'),
  column('administered_by_last_name', 'administeredBy.family', cells.plain, 'Nurse', ''),
  column('administered_by_first_name', 'administeredBy.given', cells.plain, '', ''),
];

const byPath = doseColumns.map(({ path, name }) => ({ path: path.replaceAll('.0', '[0]'), name }));

/** The column that a path of the JSON interface came from; `` when it is the row as a whole. */
export const columnOf = (path: string): string => {
  const exact = byPath.find((one) => one.path === path);
  if (exact !== undefined) return exact.name;
  const inside =
    path === ''
      ? undefined
      : byPath.find(
          (one) =>
            one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`) || path.startsWith(`${one.path}.`) || path.startsWith(`${one.path}[`),
        );
  return inside?.name ?? '';
};

/** The template of a file of doses: its header, and a row of examples when asked for. */
export const templateLines = ({ withExample = false }: { withExample?: boolean } = {}): string[][] => [
  doseColumns.map(({ name }) => name),
  ...(withExample ? [doseColumns.map(({ example }) => example)] : []),
];
