import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { familyOf, generationOf, isJunk } from '../../functions/doses/domain/match/name-words.ts';
import { isNickname } from '../../functions/doses/domain/match/nicknames.ts';
import { editDistance, folded, isSlip, similarity, soundOf, words } from '../../functions/doses/domain/match/spelling.ts';

describe('the distance of two spellings', () => {
  it.each<[string, string, number]>([
    ['SMITH', 'SMITH', 0], ['SMITH', 'SMYTH', 1], ['CUSTER', 'CUSTRE', 1], ['TAYLOR', 'TAYLOUR', 1], ['', 'ANN', 3], ['KITTEN', 'SITTING', 3],
    // The restricted form touches a letter once: CA -> ABC is 3, not 2.
    ['CA', 'ABC', 3],
  ])('of %s and %s is %i', (one, other, distance) => {
    expect(editDistance(one, other)).toBe(distance);
  });

  it.each<[string, string, number]>([['MARTHA', 'MARHTA', 0.961], ['DWAYNE', 'DUANE', 0.84], ['DIXON', 'DICKSONX', 0.813], ['ANN', 'BOB', 0], ['', 'ANN', 0]])(
    'in Jaro-Winkler terms of %s and %s is %d (published examples)',
    (one, other, expected) => {
      expect(similarity(one, other)).toBeCloseTo(expected, 3);
    },
  );

  it('is symmetric, never longer than the longer word, and zero only for equals', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ABCE'), maxLength: 7 });
    fc.assert(fc.property(name, name, (one, other) => {
      expect(editDistance(one, other)).toBe(editDistance(other, one));
      expect(similarity(one, other)).toBeCloseTo(similarity(other, one), 9);
      expect(editDistance(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
      expect(editDistance(one, other) === 0).toBe(one === other);
      expect(isSlip(one, other)).toBe(isSlip(other, one));
      for (const most of [1, 2, 3]) expect(Math.min(editDistance(one, other, most), most + 1)).toBe(Math.min(editDistance(one, other), most + 1));
    }));
  });

  it.each<[string, string, boolean]>([
    ['SARAH', 'SARHA', true], ['CHRISTENSON', 'CHRISTENSEM', true], ['TESS', 'LESS', true],
    ['SMITH', 'SMITH', false], ['AL', 'ED', false], ['ANN', 'IDA', false], ['MARK', 'MARCUS', false],
  ])('%s is a slip of %s: %s', (one, other, slip) => {
    expect(isSlip(one, other)).toBe(slip);
  });
});

describe('how a name sounds', () => {
  it.each([['MEYER', 'MAIER'], ['STEPHEN', 'STEVEN'], ['CATHERINE', 'KATHRYN'], ['PHILIP', 'FILIP'], ['KNIGHT', 'NIGHT']])('%s sounds like %s', (one, other) => {
    expect(soundOf(one)).toBe(soundOf(other));
  });
  it.each([['SMITH', 'JONES'], ['ANNA', 'BELLA'], ['GARCIA', 'MARTINEZ']])('%s does not sound like %s', (one, other) => {
    expect(soundOf(one)).not.toBe(soundOf(other));
  });
  it('is unknown for a name without Latin letters', () => {
    expect(soundOf(folded('Ιωάννης'))).toBe('');
  });
});

describe('the words of a name', () => {
  it.each<[string, string[]]>([["O'Neil-Brown", ['ONEIL', 'BROWN']], ['de la Cruz', ['DE', 'LA', 'CRUZ']], ['Zoé', ['ZOE']], ['', []]])('of %s are %j', (name, expected) => {
    expect(words(name)).toEqual(expected);
  });
  it.each<[string, string, string | undefined]>([
    ['Maricopa Jr', 'MARICOPA', 'II'], ['Reeves Senior', 'REEVES', 'I'], ['Licking III', 'LICKING', 'III'], ['Junior', 'JUNIOR', undefined], ['St. John', 'STJOHN', undefined],
  ])('%s is %s of generation %s', (name, whole, generation) => {
    expect(familyOf(name)).toMatchObject({ whole, generation });
  });
  it.each([['MD', undefined], ['jr.', 'II'], ['2nd', 'II']])('the suffix %s names generation %s', (suffix, generation) => {
    expect(generationOf(suffix)).toBe(generation);
  });
  it.each([['BABYBOY', true], ['UNKNOWN', true], ['', true], ['BOYD', false], ['ADA', false]])('%s names nobody: %s', (name, expected) => {
    expect(isJunk(name)).toBe(expected);
  });
});

describe('forms of a first name', () => {
  it.each([['ROBERT', 'BOB'], ['KATHERINE', 'CATHERINE'], ['GUILLERMO', 'BILL'], ['FRAN', 'FRANCESCA'], ['PAT', 'PATRICK']])('%s and %s are one', (one, other) => {
    expect([isNickname(one, other), isNickname(other, one)]).toEqual([true, true]);
  });
  it('do not pass through a third: PAT is PATRICIA and PATRICK, who are two people', () => {
    expect(isNickname('PATRICIA', 'PATRICK')).toBe(false);
    expect(isNickname('ROBERT', 'EDWARD')).toBe(false);
  });
});
