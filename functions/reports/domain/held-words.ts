/** Why an event cannot be sent as it is: a column of the file and what is wrong with it, never what it says. */
export interface HeldFault {
  readonly field: string;
  readonly reason: string;
}

const reasonWords: Readonly<Record<string, string>> = {
  missing: 'is missing',
  malformed: 'cannot be read',
  'in-future': 'lies in the future',
  'after-event': 'is later than the day of the dose',
  'not-covid': 'is no COVID-19 vaccine',
  'opted-out': 'is not sent: the person opted out',
};

/** The reasons as people read them: `recip_dob is later than the day of the dose`. */
export const heldWords = (faults: readonly HeldFault[]): string =>
  faults.map(({ field, reason }) => `${field} ${reasonWords[reason] ?? reason}`).join('; ');
