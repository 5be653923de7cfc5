import type { ApiClient } from '../api-client.ts';
import { acknowledgementCode, acknowledgementFaults } from '../play/vxu.ts';
import type { Progress } from '../table.ts';
import { person } from '../play/people.ts';
import { derive, isBase, type Stock } from './derive.ts';
import { inParallel } from './in-parallel.ts';
import type { MessageFile } from './read-input.ts';

/** How the messages of one kind were answered. */
export interface Answers {
  kind: string;
  posted: number;
  codes: Record<string, number>;
  /** The most frequent faults, in words, with how often they came. */
  faults: { text: string; count: number }[];
}

interface Posting {
  api: ApiClient;
  messages: readonly MessageFile[];
  stock: readonly (Stock & { city: string; zip: string })[];
  progress: Progress;
  /** Sets the clock to the morning of the nth day, says which day that is, and lets the night after it pass. */
  morning: (day: number) => string;
  night: (day: number) => Promise<void>;
}

/** Each site gives this many derived doses on each of two days, each to a patient of its own. */
const derivedPerSite = 1;
const derivedDays = 2;

/** A sender sends again what was answered with 207: the message is sound, the registry could not take it just then. */
const isBusy = (answer: string): boolean => acknowledgementCode(answer) === 'AR' && /\|207\^/.test(answer);
const mostResends = 5;

const tally = (kind: string, answers: readonly string[]): Answers => {
  const codes: Record<string, number> = {};
  const faults = new Map<string, number>();
  for (const answer of answers) {
    const code = acknowledgementCode(answer);
    codes[code] = (codes[code] ?? 0) + 1;
    for (const text of new Set(acknowledgementFaults(answer).map((fault) => fault.replace(/\^\d+\^/g, '^').replace(/\s+/g, ' '))))
      faults.set(text, (faults.get(text) ?? 0) + 1);
  }
  const worst = [...faults].sort((a, b) => b[1] - a[1]).slice(0, 8);
  return { kind, posted: answers.length, codes, faults: worst.map(([text, count]) => ({ text, count })) };
};

const told = ({ posted, codes }: Answers): string =>
  `${posted} posted: ${Object.entries(codes)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ')}`;

/** Posts every message as it is, then derived copies day by day, so that every site gives doses from what it received. */
export const postMessages = async ({ api, messages, stock, progress, morning, night }: Posting): Promise<Answers[]> => {
  // Octets as they lie in the file: what is not UTF-8 must reach the receiver as it is.
  const post = async (body: string): Promise<string> => {
    for (let resends = 0; ; resends += 1) {
      const { text } = await api.post('/hl7', body, { contentType: 'x-application/hl7-v2+er7' });
      if (!isBusy(text) || resends === mostResends) return text;
    }
  };
  morning(0);
  const asTheyAre = await progress.step(
    'Every VXU of the folder is posted as it is',
    async () => tally('as they are', await inParallel(messages, ({ bytes }) => post(new TextDecoder().decode(bytes)))),
    told,
  );
  await progress.step('Night', () => night(0));
  const results = [asTheyAre];
  const bases = messages.filter(isBase);
  let serial = 0;
  for (let day = 1; day <= derivedDays; day += 1) {
    const givenOn = morning(day);
    const copies = stock.flatMap((site) =>
      Array.from({ length: derivedPerSite }, () => {
        const base = bases[serial % bases.length] as MessageFile;
        serial += 1;
        return derive(base, site, givenOn, serial, person(serial, site));
      }),
    );
    results.push(
      await progress.step(
        `Derived copies, day ${day}: every site gives doses it received`,
        async () => tally(`derived, day ${day}`, await inParallel(copies, post)),
        told,
      ),
    );
    await progress.step('Night', () => night(day));
  }
  return results;
};
