import { describe, expect, it } from '@jest/globals';
import { isHidden, isProtected, visibleRecords } from '../../functions/doses/domain/persons/hidden.ts';

const of = (organizationId: string, code?: string, on?: string) => ({
  recordId: `rec_${organizationId}`, organizationId, ...(code === undefined ? {} : { protection: { code, ...(on === undefined ? {} : { on }) } }),
});
const optedOut = { optOut: { on: '2021-03-01' } };
const [elm, oak] = [{ organizationId: 'elm' }, { organizationId: 'oak' }];

describe('A patient is protected (PD1-12, HL7-96)', () => {
  it.each([
    ['when nobody said so', [of('elm')], false],
    ['when it may be shared', [of('elm', 'N', '2021-03-01')], false],
    ['by one sender', [of('elm', 'Y', '2021-03-01'), of('oak')], true],
    ['until a later word takes it back', [of('elm', 'Y', '2021-03-01'), of('oak', 'N', '2021-03-02')], false],
    ['when the word against it is older', [of('elm', 'Y', '2021-03-02'), of('oak', 'N', '2021-03-01')], true],
    ['when the word against it is of the same day', [of('elm', 'Y', '2021-03-02'), of('oak', 'N', '2021-03-02')], true],
    ['by a word without a day, whatever another says', [of('elm', 'Y'), of('oak', 'N', '2021-03-02')], true],
    ['when the word against it has no day', [of('elm', 'Y', '2021-03-01'), of('oak', 'N')], true],
  ])('%s', (_name, records, expected) => {
    expect(isProtected(records)).toBe(expected);
  });
});

describe('A record is hidden (HL7-97, HL7-98)', () => {
  it.each([
    ['of a patient who may be shared, from nobody', {}, of('oak'), elm, false],
    ['of a protected patient, from another organization', {}, of('oak', 'Y'), elm, true],
    ['of a protected patient, not from its owner', {}, of('oak', 'Y'), oak, false],
    ['of a protected patient, from somebody of no organization', {}, of('oak', 'Y'), { organizationId: undefined }, true],
    ['of a person who opted out, from another', optedOut, of('oak'), elm, true],
    ['of a person who opted out, from its owner too', optedOut, of('oak'), oak, true],
  ])('%s', (_name, person, record, asker, expected) => {
    expect(isHidden(person, record, asker)).toBe(expected);
  });

  it('when another sender of the same person was told not to share', () => {
    const records = [of('elm', 'Y', '2021-03-01'), of('oak')];
    expect(visibleRecords({}, records, oak)).toEqual([of('oak')]);
    expect(visibleRecords({}, records, elm)).toEqual([of('elm', 'Y', '2021-03-01')]);
    expect(visibleRecords(optedOut, records, elm)).toEqual([]);
  });
});
