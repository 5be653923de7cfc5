import { canary } from './canaries.ts';
import { order, vxu } from './dose-room.ts';
import { near } from './house.ts';

const { family, given, middle, maiden, relative, birthDate, street, phone, medicalRecord, socialSecurity } = canary;
const born = birthDate.replaceAll('-', '');

/** Her, as somebody would write her into a remark, and as something that looks like places in a program. */
export const told = `${family}^${given} ${given} ${family} ${born} ${street} ${phone}`;
export const asFrame = `x\n    at ${family}.${given} (${birthDate})\n    at ${phone}`;

/** Her as a VXU with every field right. */
export const hl7Message = (filler: string, more: object = {}): string =>
  vxu({
    id: medicalRecord, family, given: `${given}^${middle}`, birth: born, sex: 'F',
    pidMore: { 3: `${medicalRecord}^^^ELM^MR~${socialSecurity}^^^SSA^SS`, 6: `${maiden}^^^^^^M`, 11: `${street}^^Hartford^CT^06106^USA^H`, 13: '^PRN^PH^^^860^5557391' },
    pd1: `NK1|1|${relative}^${given}|MTH^Mother^HL70063|${street}^^Hartford^CT^06106|^PRN^PH^^^860^5557391`,
    orders: order({ filler: `${filler}^ELM`, facility: `CLINIC ${near.siteId}`, ...more }),
  });

/** Her as a site tells her in JSON. */
export const jsonDoses = (more: object = {}): object => ({
  doses: [{
    id: 'sweep-1', givenOn: '2021-03-08', vaccine: { cvx: '212', ndc: '59676-0580-05' }, mvx: 'JSN', lot: '1805018', expiry: '2021-06-25', route: 'C28161', bodySite: 'LA',
    eligibility: 'V01', amount: 0.5, unit: 'mL', ...more,
    patient: {
      ids: [{ id: medicalRecord }], name: { family, given, middle }, birthDate, sex: 'F', mothersMaidenName: maiden,
      address: { street, city: 'Hartford', state: 'CT', zip: '06106' }, phone, email: canary.email,
    },
  }],
});
