import { doseKey, recordIdOf } from '../../../shared/published/dose-keys.ts';
import { isOptedOut } from '../domain/persons/hidden.ts';
import type { PersonStore } from '../store-persons.ts';

/** Whether a dose is of somebody who opted out: then it is to every site as if it did not exist, whoever told of it (HL7-98). */
export const makeIsOfOptedOut =
  (persons: Pick<PersonStore, 'personOfRecord'>) =>
  async (doseId: string): Promise<boolean> => {
    const key = doseKey(doseId);
    const person = key === undefined ? undefined : await persons.personOfRecord(recordIdOf(key));
    return person !== undefined && isOptedOut(person);
  };
