/** One patient who is nobody: every word of hers occurs nowhere else, so wherever one is found, she was told. */
export const canary = {
  family: 'Zyxquimble',
  given: 'Ariadnexa',
  middle: 'Wrenlockly',
  maiden: 'Thistlewyck',
  relative: 'Osricbane',
  birthDate: '1923-11-27',
  street: '4711 Larkspurrow Court',
  phone: '860-555-7391',
  email: 'ariadnexa@larkspurrow.example',
  medicalRecord: 'MRQ7719553',
  socialSecurity: '987-65-4329',
} as const;

const words = [canary.family, canary.given, canary.middle, canary.maiden, canary.relative, 'Larkspurrow', canary.medicalRecord];
const [year = '', month = '', day = ''] = canary.birthDate.split('-');
const digits = [
  canary.birthDate, `${year}${month}${day}`, `${month}/${day}/${year}`, `${month}${day}${year}`, 'November 27, 1923', 'Nov 27 1923',
  canary.phone, canary.phone.replaceAll('-', ''), '5557391', '(860) 555-7391', canary.socialSecurity, canary.socialSecurity.replaceAll('-', ''),
];

/** Base64 of a text at each of the three places where it may begin within longer bytes, without the ends that its neighbours colour. */
const base64Of = (text: string): string[] =>
  [0, 1, 2].map((before) => {
    const whole = Buffer.from('\0'.repeat(before) + text).toString('base64').replace(/=+$/, '');
    const end = (before + text.length) % 3 === 0 ? whole.length : whole.length - 1;
    return whole.slice(before === 0 ? 0 : before + 1, end);
  });

const plain = [...words, ...digits].map((needle) => needle.toLowerCase());
const encoded = [...words, ...digits].flatMap((needle) => [needle, needle.toUpperCase(), needle.toLowerCase()]).flatMap((needle) => [
  ...base64Of(needle), Buffer.from(needle).toString('hex'),
]).filter((needle) => needle.length >= 8);

/** What of her a text tells: in any case, any order of names, three ways to write a date, base64 or hex. Empty is good. */
export const toldBy = (text: string): string[] => {
  const lower = text.toLowerCase();
  return [...new Set([...plain.filter((needle) => lower.includes(needle)), ...encoded.filter((needle) => text.includes(needle))])];
};

/** Her words for the fields of a form, by the field's name; any other text is her name as people write it in remarks. */
export const canaryText = (field: string): string => {
  const fits: readonly (readonly [RegExp, string])[] = [
    [/birth/i, canary.birthDate], [/family|last/i, canary.family], [/given|first/i, canary.given], [/middle/i, canary.middle], [/maiden/i, canary.maiden],
    [/street|address/i, canary.street], [/phone/i, canary.phone], [/email/i, canary.email], [/^id$/i, canary.medicalRecord],
  ];
  return fits.find(([name]) => name.test(field))?.[1] ?? `${canary.family}, ${canary.given} ${canary.birthDate}`;
};
