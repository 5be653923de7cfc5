/** A patient of a played story. Every name is invented. */
export interface Patient {
  id: string;
  family: string;
  given: string;
  birthDate: string;
  sex: 'F' | 'M';
  race: string;
  ethnicity: string;
  street: string;
  city: string;
  zip: string;
}

export interface Vaccination {
  id: string;
  givenOn: string;
  cvx: string;
  ndc?: string;
  mvx: string;
  lot: string;
  expiresOn: string;
  facility: string;
  action?: 'A' | 'U' | 'D';
  /** OBX 64994-7 and 30963-3. */
  eligibility?: string;
  funding?: string;
}

const compact = (day: string): string => day.replaceAll('-', '');

/**
 * A VXU^V04 (profile Z22) as an EHR writes it, with every field that the profile requires.
 * @param sentAt local wall-clock time with its offset, `20210309101500-0500`
 */
export const vxu = (sender: string, controlId: string, sentAt: string, patient: Patient, vaccination: Vaccination): string => {
  const { givenOn, cvx, ndc, mvx, lot, expiresOn, facility, id, action = 'A', eligibility = 'V01', funding = 'VXC50' } = vaccination;
  const product = ndc === undefined ? `${cvx}^^CVX` : `${cvx}^^CVX^${ndc}^^NDC`;
  return [
    `MSH|^~\\&|EHR|${sender}|DOSELINE|DPH|${sentAt}||VXU^V04^VXU_V04|${controlId}|P|2.5.1|||ER|AL|||||Z22^CDCPHINVS|${sender}`,
    `PID|1||${patient.id}^^^${sender}^MR||${patient.family}^${patient.given}^^^^^L||${compact(patient.birthDate)}|${patient.sex}||${patient.race}^^CDCREC|${patient.street}^^${patient.city}^CT^${patient.zip}^USA^H|||||||||||${patient.ethnicity}^^CDCREC`,
    'PD1|||||||||||02^^HL70215|N|20210101|||A|20210101|20210101',
    `ORC|RE||${id}^${sender}|||||||||^Order^Standing^^^^^^${sender}^L`,
    `RXA|0|1|${compact(givenOn)}||${product}|0.5|mL^^UCUM||00^^NIP001|^Nurse^Rosa|^^^${facility}||||${lot}|${compact(expiresOn)}|${mvx}^^MVX|||CP|${action}`,
    'RXR|C28161^^NCIT|LD^^HL70163',
    `OBX|1|CE|64994-7^^LN|1|${eligibility}^^HL70064||||||F|||${compact(givenOn)}|||VXC40^^CDCPHINVS`,
    `OBX|2|CE|30963-3^^LN|1|${funding}^^CDCPHINVS||||||F|||${compact(givenOn)}`,
    '',
  ].join('\r');
};

/** MSA-1 of an acknowledgement. */
export const acknowledgementCode = (answer: string): string => /(?:^|[\r\n])MSA\|([A-Z]{2})/.exec(answer)?.[1] ?? 'none';

/** What an acknowledgement says in words, one line a fault: severity, place and text. */
export const acknowledgementFaults = (answer: string): string[] =>
  answer.split(/[\r\n]+/).flatMap((line) => {
    const fields = line.split('|');
    return fields[0] === 'ERR' ? [`${fields[4] ?? ''} ${fields[2] ?? ''} ${fields[8] ?? ''}`] : [];
  });
