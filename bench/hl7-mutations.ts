import { seededRandom } from '../test/support/seeded-random.ts';
import { damagedMessage, mutationSamples, otherSamples, troublesOf } from '../test/support/hl7-troubles.ts';

/** `HL7_MUTATIONS` and `HL7_SEED` change what is drawn. */
const COUNT = Number(process.env['HL7_MUTATIONS'] ?? 200_000);
const SEED = Number(process.env['HL7_SEED'] ?? 20_210_401);

/** Damaged messages by the hundred thousand: how many crash, hang or put a value of the patient into an answer. None should. */
export const benchHl7Mutations = (): Promise<{ title: string; rows: Record<string, string | number>[]; ratio: number; aim: string }> => {
  const random = seededRandom(SEED);
  const samples = [...mutationSamples(), ...otherSamples()];
  const counts = new Map<string, number>();
  const started = performance.now();
  let slowestMs = 0;
  for (let i = 0; i < COUNT; i += 1) {
    const { bytes } = damagedMessage(samples, random);
    const before = process.cpuUsage();
    let found: string[];
    try {
      found = troublesOf(bytes);
    } catch {
      found = ['threw'];
    }
    const { user, system } = process.cpuUsage(before);
    slowestMs = Math.max(slowestMs, (user + system) / 1_000);
    for (const trouble of found) counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
  }
  const troubled = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [
    { what: 'damaged messages answered', count: COUNT - troubled },
    ...[...counts].map(([what, count]) => ({ what, count })),
    { what: 'messages/s, checks included', count: Math.round(COUNT / ((performance.now() - started) / 1000)) },
    { what: 'slowest, ms of work, checks included', count: Math.round(slowestMs) },
  ];
  return Promise.resolve({
    title: `${COUNT} damaged messages of the corpus, seed ${SEED}`,
    rows,
    ratio: troubled,
    aim: 'none crashes, hangs or leaks (0 troubles)',
  });
};
