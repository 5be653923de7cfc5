import { Command } from 'commander';
import { mondayOf } from '../../shared/kernel/dates.ts';
import type { ApiClient } from '../api-client.ts';
import { readDocument } from '../lab/read-document.ts';
import { UsageError } from '../usage-error.ts';
import { makeWeekVerb, part, wholeNumber, type Row } from '../week-verb.ts';
import { realDay } from './operate.ts';

/** Commands about what a site tells for a week, and what is used about it. */
const site = ['<site>', 'id of the site'] as const;
const week = ['--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay] as const;
const why = ['--reason <text>', 'why: it is kept'] as const;

/** The version that is there, or 0: what `If-Match` takes for the first one. */
const versionAt = async (api: ApiClient, path: string): Promise<number> => {
  const { status, version } = await api.send('GET', path, { expected: [404] });
  return status === 404 ? 0 : version;
};
const given = (name: string, text: string | undefined): object => (text === undefined ? {} : { [name]: text });
const givenNumber = (name: string, text: string | undefined): object => (text === undefined ? {} : { [name]: Number(text) });

const requestColumns = ['week', 'ndc', 'doseNumber', 'doses', 'onHandDoses', 'state', 'submittedAt'] as const;
const requests = new Command('requests')
  .description('The most that a site can use in a week: list, submit')
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Requests of a site, latest week first',
      args: [site],
      columns: requestColumns,
      run: (api, [id = '']) => api.list<Row>(`/sites/${part(id)}/requests`),
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'submit',
      description: 'Say the most the site can use; said again, it takes the place of the former',
      args: [site],
      columns: requestColumns,
      required: [
        week,
        ['--ndc <ndc>', 'unit of use, written 5-4-2'],
        ['--dose <n>', 'dose number', wholeNumber],
        ['--doses <n>', 'how many doses', wholeNumber],
      ],
      options: [
        ['--on-hand <doses>', 'doses the site counts on its shelf', wholeNumber],
        ['--note <text>', 'for whoever reads it'],
      ],
      run: async (api, [id = ''], { week: on = '', ndc = '', dose = '', doses, onHand, note }) => {
        const path = `/sites/${part(id)}/requests/${mondayOf(on)}/${part(ndc)}/${part(dose)}`;
        return (
          await api.send('PUT', path, {
            body: { doses: Number(doses), ...givenNumber('onHandDoses', onHand), ...given('note', note) },
            ifMatch: await versionAt(api, path),
          })
        ).body;
      },
    }),
  );

const attestationColumns = ['week', 'doses', 'attestedAt', 'attestedBy', 'note'] as const;
const attestations = new Command('attestations')
  .description('Doses given in weeks whose records do not come in: list, say')
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Attested weeks of a site, latest first',
      args: [site],
      columns: attestationColumns,
      run: (api, [id = '']) => api.list<Row>(`/sites/${part(id)}/attestations`),
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'say',
      description: 'Say how many doses were given in a week that is over',
      args: [site],
      columns: attestationColumns,
      required: [week, ['--doses <n>', 'how many', wholeNumber]],
      options: [['--note <text>', 'for whoever reads it']],
      run: async (api, [id = ''], { week: on = '', doses, note }) => {
        const path = `/sites/${part(id)}/attestations`;
        const monday = mondayOf(on);
        const former = (await api.list<Row>(path)).find((one) => one['week'] === monday);
        return (
          await api.send('PUT', `${path}/${monday}`, {
            body: { doses: Number(doses), ...given('note', note) },
            ifMatch: Number(former?.['version'] ?? 0),
          })
        ).body;
      },
    }),
  );

const disputeColumns = ['disputeId', 'siteId', 'week', 'what', 'used', 'claimed', 'state'] as const;
const ofDispute = [site, ['<dispute>', 'its id']] as const;
const disputePath = ([id = '', dispute = '']: readonly string[]): string => `/sites/${part(id)}/disputes/${part(dispute)}`;
const move = (
  name: string,
  description: string,
  more: Pick<Parameters<typeof makeWeekVerb>[0], 'required' | 'options'>,
  end: string,
  form: (options: Readonly<Record<string, string>>) => object | undefined,
): Command =>
  makeWeekVerb({
    name,
    description,
    args: ofDispute,
    ...more,
    columns: disputeColumns,
    run: async (api, args, options) => {
      const path = disputePath(args);
      const body = form(options);
      return (await api.send('POST', `${path}/${end}`, { ...(body === undefined ? {} : { body }), ifMatch: await versionAt(api, path) })).body;
    },
  });
const disputes = new Command('disputes')
  .description('Figures that a site says are wrong: list, raise, accept, decline, withdraw')
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Disputes of all sites by state, the oldest first; or those of one site',
      columns: disputeColumns,
      options: [
        ['--site <site>', 'id of the site'],
        ['--state <state>', 'open unless said; not with --site'],
      ],
      run: (api, _args, { site: id, state }) => {
        if (id !== undefined && state !== undefined) throw new UsageError('Give --site or --state: a site’s list shows every state.');
        return id === undefined ? api.list<Row>('/disputes', { state: state ?? 'open' }) : api.list<Row>(`/sites/${part(id)}/disputes`);
      },
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'raise',
      description: 'Say that a figure is wrong (as somebody of the site, by --token); `figures` shows the ids',
      args: [site, ['<figure>', 'its id']],
      required: [why],
      options: [['--claimed <value>', 'what is right', wholeNumber]],
      columns: disputeColumns,
      run: async (api, [id = '', figureId = ''], { claimed, reason }) => {
        const body = { figureId, reason, ...givenNumber('claimed', claimed) };
        return (await api.post(`/sites/${part(id)}/disputes`, body, { key: `dispute ${id} ${JSON.stringify(body)}` })).body;
      },
    }),
  )
  .addCommand(
    move(
      'accept',
      'The value that counts from the next draft on',
      {
        required: [['--value <n>', 'what counts', wholeNumber], why],
        options: [['--until <day>', 'the last week it counts for; the disputed one unless said', realDay]],
      },
      'answer',
      ({ value, reason, until }) => ({
        answer: 'accept',
        value: Number(value),
        reason,
        ...(until === undefined ? {} : { untilWeek: mondayOf(until) }),
      }),
    ),
  )
  .addCommand(move('decline', 'The figure stays as it is', { required: [why] }, 'answer', ({ reason }) => ({ answer: 'decline', reason })))
  .addCommand(move('withdraw', 'Take an open dispute back (as somebody of the site, by --token)', {}, 'withdrawal', () => undefined));

const standingColumns = ['siteId', 'group', 'tags', 'weights', 'throughputDoses', 'storageDoses', 'suspended', 'version'] as const;
const standing = new Command('standing')
  .description('What the department holds about a site for the allocation: show, set')
  .addCommand(
    makeWeekVerb({
      name: 'show',
      description: 'Group, tags, weights and limits of a site',
      args: [site],
      columns: standingColumns,
      run: async (api, [id = '']) => (await api.get(`/sites/${part(id)}/standing`)).body,
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'set',
      description: 'Set them from a file (YAML or JSON), whole',
      args: [site, ['<file>', 'the document']],
      columns: [...standingColumns, 'notes'],
      run: async (api, [id = '', file = '']) => {
        const path = `/sites/${part(id)}/standing`;
        return (await api.send('PUT', path, { body: readDocument(file, 'document'), ifMatch: await versionAt(api, path) })).body;
      },
    }),
  );

const ruleColumns = ['rules', 'version', 'changedAt', 'changedBy', 'reason'] as const;
const figureRules = new Command('figure-rules')
  .description('How the figures about sites are worked out: show, set')
  .addCommand(
    makeWeekVerb({
      name: 'show',
      description: 'The rules that hold',
      columns: ruleColumns,
      run: async (api) => (await api.get('/figure-rules')).body,
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'set',
      description: 'Set them from a file (YAML or JSON), whole',
      args: [['<file>', 'the document']],
      required: [why],
      columns: ruleColumns,
      run: async (api, [file = ''], { reason }) =>
        (
          await api.send('PUT', '/figure-rules', {
            body: { rules: readDocument(file, 'document'), reason },
            ifMatch: await versionAt(api, '/figure-rules'),
          })
        ).body,
    }),
  );

export const siteWeekCommands: readonly Command[] = [requests, attestations, disputes, standing, figureRules];
