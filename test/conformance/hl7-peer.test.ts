import { describe, expect, it } from '@jest/globals';
import { Message as PeerMessage } from 'node-hl7-client';
import { readMessage, type Segment } from '../../shared/hl7/index.ts';
import { readCorpus } from '../support/hl7-corpus.ts';

/** Where the two read differently, and why ours stands. Everything else must be equal. */
const EXCEPTIONS = {
  'MSH-2': 'the encoding characters are no value to be cut up and unescaped (HL7-05); the peer does so and gives something else',
  'sub-components': 'our value of a component is whole; the peer gives its first sub-component, where our reader finds the same one',
} as const;

/** Segment, field, component: what a report is built on. */
const PATHS = [
  ['MSH', 2, 1], ['MSH', 3, 1], ['MSH', 4, 1], ['MSH', 7, 1], ['MSH', 9, 1], ['MSH', 9, 2], ['MSH', 10, 1], ['MSH', 11, 1], ['MSH', 12, 1], ['MSH', 21, 1],
  ['PID', 1, 1], ['PID', 6, 1], ['PID', 7, 1], ['PID', 8, 1], ['PID', 22, 1], ['PID', 24, 1], ['PID', 25, 1], ['PID', 30, 1],
  ['PD1', 11, 1], ['PD1', 12, 1], ['PD1', 16, 1], ['NK1', 2, 1], ['NK1', 3, 1],
  ['ORC', 3, 1], ['ORC', 3, 2], ['RXA', 3, 1], ['RXA', 5, 1], ['RXA', 5, 3], ['RXA', 5, 4], ['RXA', 6, 1], ['RXA', 7, 1],
  ['RXA', 15, 1], ['RXA', 16, 1], ['RXA', 17, 1], ['RXA', 20, 1], ['RXA', 21, 1], ['RXR', 1, 1], ['RXR', 2, 1], ['OBX', 3, 1], ['OBX', 14, 1],
  ['MSA', 1, 1], ['MSA', 2, 1], ['QPD', 1, 1], ['QPD', 2, 1], ['QAK', 2, 1],
] as const;
/** Fields that repeat, asked for by repetition. */
const REPEATING = [['PID', 3], ['PID', 5], ['PID', 10], ['PID', 11], ['PID', 13]] as const;

describe('our reader and node-hl7-client read the same values', () => {
  it('over every message of the corpus', () => {
    const differences: string[] = [];
    let compared = 0;
    let unread = 0;
    const excepted = new Set<string>();
    for (const { file, bytes } of readCorpus()) {
      const ours = readMessage(bytes);
      let peer: PeerMessage;
      try {
        peer = new PeerMessage({ text: new TextDecoder().decode(bytes).trim().split(/[\r\n]+/).join('\r') });
      } catch {
        unread += 1;
        continue;
      }
      const { component: caret, repetition: tilde, subcomponent: amp } = ours.separators;
      const compare = (path: string, segment: Segment, [field, component, repetition = 1]: readonly [number, number, number?], theirs: string): void => {
        compared += 1;
        if (theirs.trim() === segment.value(field, component, repetition)) return;
        // Only where a sub-component separator was really sent, not where an escaped one stands in a value.
        const sent = segment.text(field).split(tilde)[repetition - 1]?.split(caret)[component - 1] ?? '';
        if (sent.includes(amp) && theirs.trim() === segment.value(field, component, repetition, 1)) excepted.add('sub-components');
        else if (path === 'MSH.2.1') excepted.add('MSH-2');
        else differences.push(`${file} ${path}`);
      };
      // Of a segment that stands once by its path; of one that repeats, each in its turn.
      for (const [name, field, component] of PATHS) {
        const all = ours.all(name);
        all.forEach((segment, at) => {
          if (!segment.has(field)) return;
          const theirs = all.length === 1 ? peer.get(`${name}.${field}.${component}`) : peer.get(name).toArray()[at]?.get(`${field}.${component}`);
          compare(`${name}[${at + 1}].${field}.${component}`.replace('MSH[1]', 'MSH'), segment, [field, component], theirs?.toString() ?? '');
        });
      }
      for (const [name, field] of REPEATING) {
        const segment = ours.all(name).length === 1 ? ours.first(name) : undefined;
        const repetitions = segment?.repetitions(field) ?? 0;
        for (let r = 1; r <= repetitions && segment; r += 1) {
          for (const component of [1, 2, 4, 5]) {
            const theirs = repetitions === 1 ? peer.get(`${name}.${field}.${component}`) : peer.get(`${name}.${field}`).toArray()[r - 1]?.get(component - 1);
            compare(`${name}.${field}(${r}).${component}`, segment, [field, component, r], theirs?.toString() ?? '');
          }
        }
      }
    }
    expect(unread).toBe(0);
    expect(differences).toEqual([]);
    expect([...excepted].sort()).toEqual(Object.keys(EXCEPTIONS));
    expect(compared).toBeGreaterThan(90_000);
  });
});
