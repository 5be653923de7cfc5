/** One measurement in a process of its own, so that its memory is its own: `node cvrs-child.ts <writer> <rows>` prints JSON. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { CVRS_FIELDS, type CvrsRow } from '../functions/reports/domain/cvrs-columns.ts';
import type { CvrsVaccination } from '../functions/reports/domain/cvrs-event.ts';
import { writeCvrsFiles } from '../functions/reports/domain/cvrs-file.ts';
import { toCvrsRow } from '../functions/reports/domain/cvrs-row.ts';

const DAY = '2021-03-13';

const eventOf = (i: number): CvrsVaccination => ({
  kind: 'vaccination', eventId: `dose-${i}`, on: DAY, cvx: '208',
  doseNumber: i % 2 === 0 ? 1 : 2, seriesComplete: i % 2 === 0 ? 'NO' : 'YES',
  ndc: '59267-1000-01', mvx: 'PFR', lot: `EN${6200 + (i % 40)}`, expires: '2021-06-30', bodySite: 'LD', route: 'C28161',
  recipient: {
    recipId: `person-${i}`, first: 'First', last: 'Last', born: `19${40 + (i % 50)}-0${1 + (i % 9)}-1${i % 10}`,
    sex: i % 2 === 0 ? 'F' : 'M',
    races: ['2106-3'], ethnicity: '2186-5',
    address: { street: `${i} Main St`, city: 'Hartford', county: '09003', state: 'CT', zip: '06103' },
  },
  place: {
    responsibleOrg: `Organization ${i % 300}`, name: `Clinic ${i % 900}`, type: 9, pin: `${100_000 + (i % 900)}`,
    address: { street: '80 Seymour St', city: 'Hartford', county: '09003', state: 'CT', zip: '06102' },
  },
});

function* rows(count: number): Generator<CvrsRow> {
  for (let i = 0; i < count; i += 1) {
    const outcome = toCvrsRow(eventOf(i), { type: 'D' }, DAY);
    if (outcome.kind !== 'row') throw new Error('An event of the benchmark cannot be sent');
    yield outcome.row;
  }
}

const WRITERS: Readonly<Record<string, (count: number, path: string) => Promise<void>>> = {
  doseline: async (count, path) => {
    const sink = createWriteStream(path);
    for await (const part of writeCvrsFiles(rows(count), { day: DAY, entity: 'CTA' })) {
      if (part.kind === 'bytes' && !sink.write(part.bytes)) await once(sink, 'drain');
    }
    sink.end();
    await once(sink, 'finish');
  },
  'csv-stringify': (count, path) =>
    pipeline(
      Readable.from(rows(count)),
      stringify({ header: true, columns: [...CVRS_FIELDS], delimiter: '\t', record_delimiter: 'windows' }),
      createWriteStream(path),
    ),
  'rows only': (count) => {
    for (const row of rows(count)) if (row.length !== CVRS_FIELDS.length) throw new Error('A row is short');
    return Promise.resolve();
  },
};

const [writer = 'doseline', count = '10000'] = process.argv.slice(2);
const run = WRITERS[writer];
if (run === undefined) throw new Error(`No writer ${writer}`);
const folder = await mkdtemp(join(tmpdir(), 'cvrs-bench-'));
try {
  await run(2_000, join(folder, 'warm-up.txt'));
  const before = process.memoryUsage().rss;
  const start = performance.now();
  await run(Number(count), join(folder, 'cvrs.txt'));
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ seconds, peakBytes: peak, growthBytes: Math.max(0, peak - before) }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
