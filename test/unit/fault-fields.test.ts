import { describe, expect, it } from '@jest/globals';
import { faultFields } from '../../shared/platform/log.ts';

describe('what a log line tells of a failure', () => {
  it('names its kind, its code where the system gave one, and where it passed, never its words', () => {
    const lost = Object.assign(new TypeError('no answer for Jane Doe'), { code: 'ECONNRESET' });
    expect(faultFields(lost)).toMatchObject({ fault: 'TypeError', code: 'ECONNRESET', frames: expect.stringContaining('fault-fields') });
    expect(JSON.stringify(faultFields(lost))).not.toContain('Jane');
    for (const code of ['Jane Doe', 'EJane', 7, undefined]) expect(faultFields(Object.assign(new Error('x'), { code }))).not.toHaveProperty('code');
    expect(faultFields('Jane Doe')).toEqual({ fault: 'string', frames: '' });
  });
});
