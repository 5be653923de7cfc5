import { describe, expect, it } from '@jest/globals';
import { LostRace, makeWorkOffRaces } from '../../functions/doses/work-off-races.ts';
import { isCrowd } from '../../shared/platform/dynamo.ts';

const named = (name: string, more: object = {}): Error => Object.assign(new Error('x'), { name }, more);
const cancelled = (...codes: string[]): Error => named('TransactionCanceledException', { CancellationReasons: codes.map((Code) => ({ Code })) });

/** A work that loses so often and then gets through, and what it wrote. */
const loser = (name: string, times: number, log: string[], cause: Error = new LostRace('x')) => {
  let left = times;
  return (): Promise<void> => {
    log.push(name);
    return left-- > 0 ? Promise.reject(cause) : Promise.resolve();
  };
};
const workOff = (mayGoOn: () => boolean = () => true, pauses: number[] = []) =>
  makeWorkOffRaces({ mayGoOn, random: () => 1, sleep: (ms) => { pauses.push(ms); return Promise.resolve(); } });

describe('a message that others were faster than', () => {
  it('waits for its turn: losers go one after the other, each until it gets through, with longer and longer pauses', async () => {
    const log: string[] = [];
    const pauses: number[] = [];
    const run = workOff(undefined, pauses);
    await Promise.all([run(loser('a', 9, log)), run(loser('b', 2, log)), run(loser('c', 0, log))]);
    expect(log.join('')).toBe(`abc${'a'.repeat(9)}bb`);
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 50, 100]);
  });

  it('by a crowd, and not by what was written, is tried again as well', async () => {
    const log: string[] = [];
    await workOff()(loser('a', 2, log, cancelled('TransactionConflict')));
    expect(log.join('')).toBe('aaa');
  });

  it('and fails for good leaves its turn to the next, which gets through', async () => {
    const log: string[] = [];
    const run = workOff();
    const broken = [new LostRace('x'), new Error('broken')];
    const done = await Promise.allSettled([run(() => Promise.reject(broken.shift() ?? new Error('once too often'))), run(loser('b', 1, log))]);
    expect([done.map(({ status }) => status), log.join('')]).toEqual([['rejected', 'fulfilled'], 'bb']);
  });

  it('goes back to the queue when the time of the run is over, and the next loser is not tried in vain', async () => {
    const log: string[] = [];
    let left = 3;
    const run = workOff(() => left-- > 0);
    await expect(Promise.allSettled([run(loser('a', 99, log)), run(loser('b', 99, log))])).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(log.join('')).toBe('abaaa');
  });

  it('is tried forty times at most, however much time there is', async () => {
    const log: string[] = [];
    await expect(workOff()(loser('a', 99, log))).rejects.toThrow(LostRace);
    expect(log).toHaveLength(40);
  });

  it('is not tried again when anything else failed, at first or later', async () => {
    const log: string[] = [];
    await expect(workOff()(loser('a', 9, log, new Error('broken')))).rejects.toThrow('broken');
    const then = [new LostRace('x'), new Error('broken')];
    await expect(workOff()(() => Promise.reject(then.shift() ?? new Error('once too often')))).rejects.toThrow('broken');
    expect(log).toEqual(['a']);
  });
});

describe('a failed call', () => {
  it.each([
    ['by another transaction', cancelled('None', 'TransactionConflict'), true],
    ['by a throttled transaction', cancelled('ThrottlingError'), true],
    ['by a throttle', named('ThrottlingException'), true],
    ['by no answer in time', named('TimeoutError'), true],
    ['by a condition too', cancelled('TransactionConflict', 'ConditionalCheckFailed'), false],
    ['by what it asked', cancelled('ValidationError'), false],
    ['by a table that is not there', named('ResourceNotFoundException'), false],
    ['by a fault of ours', new Error('a row is not as it must be'), false],
  ])('%s: whether it was only the crowd', (_, error, expected) => {
    expect(isCrowd(error)).toBe(expected);
  });
});
