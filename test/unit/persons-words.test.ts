import { describe, expect, it } from '@jest/globals';
import { wordsOfPerson, type WordsOfPerson } from '../../functions/doses/domain/persons/words-of-person.ts';

type Said = Parameters<typeof wordsOfPerson>[0][number];
const said = (updatedAt: string, words: Partial<Said>): Said => ({ updatedAt: `${updatedAt}T12:00:00.000Z`, ...words });

describe('what is said of a person over all its records (PD1-11, PD1-16, PID-29, PID-30)', () => {
  it.each<[string, Said[], WordsOfPerson]>([
    ['nobody says anything', [said('2021-03-01', {})], {}],
    ['inactive with one, active with another since later', [said('2021-03-01', { registryStatus: { code: 'A', on: '2021-02-20' } }), said('2021-03-05', { registryStatus: { code: 'I', on: '2021-01-01' } })], { registryStatus: { code: 'A', on: '2021-02-20' } }],
    ['a word without a day is of the day it came', [said('2021-03-01', { publicity: { code: '02' } }), said('2021-04-01', { publicity: { code: '01', on: '2021-02-01' } })], { publicity: { code: '02' } }],
    ['dead to one, whatever the other says later', [said('2021-03-01', { dead: true, deathDate: '2021-02-28' }), said('2021-04-01', { dead: false })], { dead: true, deathDate: '2021-02-28' }],
    ['a death without a day, and one with it', [said('2021-04-01', { dead: true }), said('2021-03-01', { dead: true, deathDate: '2021-02-28' })], { dead: true, deathDate: '2021-02-28' }],
  ])('%s', (_, records, words) => { expect(wordsOfPerson(records)).toEqual(words); });
});
