import { addDays } from '../shared/kernel/dates.ts';
import { elmEhr, reportHl7Over } from '../test/support/dose-reporter.ts';
import { openDoseRoom, order, vxu } from '../test/support/dose-room.ts';

/** Doses in one message of one patient. */
const sizes = [50, 150, 300] as const;
const maxRatio = 2;
const vaccines = ['141^^CVX', '115^^CVX', '33^^CVX', '133^^CVX', '03^^CVX'];

/** A message with so many doses: years of history, every fifth given here of a lot that the site never received, and one out of its stock. */
const message = (doses: number): string =>
  vxu({
    id: `L${doses}`, family: `Long${doses}`, birth: '19400101',
    orders: Array.from({ length: doses }, (_, at) => {
      const on = addDays('1996-01-01', at * 28).replaceAll('-', '');
      if (at === 0) return order({ filler: `L${doses}^ELM` });
      const told =
        at % 5 === 0
          ? { on, vaccine: '141^^CVX', mvx: 'PMC^^MVX', lot: `F${at}`, expiry: '' }
          : { on, vaccine: vaccines[at % vaccines.length] ?? '', source: '01^^NIP001', lot: '', expiry: '', mvx: '' };
      return order({ filler: `L${doses}-${at}^ELM`, ...told });
    }).flat(),
  });

/** How the time of a message with many doses of one patient grows with their number: twice the doses, twice the time. */
export const benchDoseMessage = async (): Promise<{
  title: string;
  rows: Record<string, string | number>[];
  ratio: number;
  aim: string;
  isMet: boolean;
}> => {
  const room = await openDoseRoom('benchDoseMessage');
  const report = reportHl7Over(room.suite.dynamo);
  try {
    await room.stock({}, 500);
    await report(message(5), elmEhr, '2021-03-08T15:00:00.000Z');
    const rows: Record<string, string | number>[] = [];
    for (const doses of sizes) {
      const started = performance.now();
      const { answer } = await report(message(doses), elmEhr, '2021-03-08T15:00:00.000Z');
      const ms = Math.round(performance.now() - started);
      rows.push({ doses, answer, ms, 'ms a dose': Math.round((ms / doses) * 10) / 10 });
    }
    const perDose = rows.map((row) => Number(row['ms a dose']));
    const ratio = (perDose.at(-1) ?? 0) / (perDose[0] ?? 1);
    return {
      title: 'Many doses of one patient in one message',
      rows,
      ratio,
      aim: `a dose among 300 costs at most ${maxRatio} times a dose among 50`,
      isMet: ratio <= maxRatio,
    };
  } finally {
    await room.stop();
  }
};
