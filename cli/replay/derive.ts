import { readMessage, treeOf, writeMessage } from '../../shared/hl7/index.ts';
import type { Patient } from '../play/vxu.ts';
import type { MessageFile } from './read-input.ts';

/** What a derived copy names instead of what its original names. */
export interface Stock {
  cvx: string;
  ndc: string;
  mvx: string;
  siteName: string;
  lot: string;
  expiresOn: string;
}

/** Prefix of MSH-10 and ORC-3 of every derived copy: nobody can take it for a real message. */
export const derivedPrefix = 'DERIVED-';

/** OBX 30963-3 of a dose that was bought privately: a copy of it would not be of the programme's stock. */
const privateStock = 'PHC70';

/** True for a VXU that reports exactly one dose, given now from public stock: a base for derived copies. (NIST's folder holds a deliberate `VXUX`.) */
export const isBase = ({ bytes }: MessageFile): boolean => {
  const message = readMessage(bytes);
  const administrations = message.all('RXA');
  const [only] = administrations;
  return (
    message.header?.value(9, 1) === 'VXU' &&
    administrations.length === 1 &&
    only?.value(9, 1) === '00' &&
    !message.all('OBX').some((told) => told.value(3, 1) === '30963-3' && told.value(5, 1) === privateStock) &&
    ['', 'CP'].includes(only.value(20, 1)) &&
    ['', 'A'].includes(only.value(21, 1))
  );
};

const patientFields = ({ id, family, given, birthDate, sex, street, city, zip }: Patient): Readonly<Record<number, string>> => ({
  3: `${derivedPrefix}${id}^^^DERIVED^MR`,
  5: `${family}^${given}^^^^^L`,
  6: '',
  7: birthDate.replaceAll('-', ''),
  8: sex,
  11: `${street}^^${city}^^${zip}^USA^H`,
  13: '',
  24: '',
  25: '',
});

/**
 * A copy of a message whose RXA-3, -5, -11, -15, -16 and -17 name the day it is told, a received product, site, lot and expiry: on the day of the original there was
 * no such vaccine. MSH-10 and ORC-3 get new ids under the derived prefix, because they name the message and the event; nothing else is touched, but for the
 * patient where one is given: copies of one message for one patient tell one dose, and would be taken as that.
 */
export const derive = (original: MessageFile, stock: Stock, givenOn: string, serial: number, patient?: Patient): string => {
  const tree = treeOf(readMessage(original.bytes));
  const id = `${derivedPrefix}${String(serial).padStart(5, '0')}`;
  const swapped: Readonly<Record<string, Readonly<Record<number, string>>>> = {
    MSH: { 10: id },
    ORC: { 3: `${id}^DERIVED` },
    PID: patient === undefined ? {} : patientFields(patient),
    RXA: {
      3: givenOn.replaceAll('-', ''),
      4: '',
      5: `${stock.cvx}^^CVX^${stock.ndc}^^NDC`,
      11: `^^^${stock.siteName}`,
      15: stock.lot,
      16: stock.expiresOn.replaceAll('-', ''),
      17: `${stock.mvx}^^MVX`,
    },
  };
  const segments = tree.segments.map(({ name, fields }) => ({
    name,
    fields: { ...fields, ...Object.fromEntries(Object.entries(swapped[name] ?? {}).map(([field, verbatim]) => [field, { verbatim }])) },
  }));
  return writeMessage({ ...tree, segments });
};
