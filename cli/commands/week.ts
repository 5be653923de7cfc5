import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { mondayOf } from '../../shared/kernel/dates.ts';
import { makeWeekVerb, part, wholeNumber, type Row } from '../week-verb.ts';
import { realDay } from './operate.ts';

/** Commands that follow an allocation week, each one request of the API. What a run does is under `runs`. */
const weekOption = ['--week <day>', 'a day of the allocation week (YYYY-MM-DD)', realDay] as const;
const file = (path: string): { text: string } => ({ text: readFileSync(path, 'utf8') });
const pool = ['week', 'ndc', 'doseNumber', 'packDoses'] as const;

const supply = new Command('supply')
  .description('What the jurisdiction may order in a week: list, show, add, change')
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Supply lines of a week',
      required: [weekOption],
      columns: ['supplyId', ...pool, 'channel', 'packs', 'version'],
      run: (api, _args, { week = '' }) => api.list<Row>('/supply', { week: mondayOf(week) }),
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'show',
      description: 'One supply line with its version',
      args: [['<supply>', 'its id']],
      columns: ['supplyId', 'packs', 'version', 'recordedBy', 'recordedAt'],
      run: async (api, [id = '']) => (await api.get(`/supply/${part(id)}`)).body,
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'add',
      description: 'Record a supply line; the same twice is one',
      required: [
        weekOption,
        ['--ndc <ndc>', 'unit of use, written 5-4-2'],
        ['--dose <n>', 'dose number', wholeNumber],
        ['--pack <doses>', 'doses of a pack', wholeNumber],
        ['--packs <n>', 'how many packs', wholeNumber],
      ],
      options: [['--channel <name>', "whose it is; the jurisdiction's own unless said"]],
      columns: ['supplyId', 'packs', 'version'],
      run: async (api, _args, { week = '', ndc, dose, pack, packs, channel }) => {
        const body = {
          week: mondayOf(week),
          ndc,
          doseNumber: Number(dose),
          packDoses: Number(pack),
          packs: Number(packs),
          ...(channel === undefined ? {} : { channel }),
        };
        return (await api.post('/supply', body, { key: `supply ${JSON.stringify(body)}` })).body;
      },
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'change',
      description: 'Change the packs of a line; lowering it holds the week until a new run is published',
      args: [['<supply>', 'its id']],
      required: [
        ['--packs <n>', 'how many packs', wholeNumber],
        ['--reason <text>', 'why: it is kept'],
      ],
      columns: ['supplyId', 'packs', 'version'],
      run: async (api, [id = ''], { packs, reason }) => {
        const { version } = await api.get(`/supply/${part(id)}`);
        return (await api.send('PUT', `/supply/${part(id)}`, { body: { packs: Number(packs), reason }, ifMatch: version })).body;
      },
    }),
  );

const policyColumns = ['policyId', 'policyVersion', 'title', 'shipped', 'storedBy'] as const;
const policies = new Command('policies')
  .description('Policy documents: list, show, check, store')
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Every version, shipped ones first',
      columns: policyColumns,
      run: (api) => api.list<Row>('/policies'),
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'show',
      description: 'One version (its document with --json)',
      args: [
        ['<policy>', 'its id'],
        ['<version>', 'its number'],
      ],
      columns: policyColumns,
      run: async (api, [id = '', version = '']) => (await api.get(`/policies/${part(id)}/versions/${part(version)}`)).body,
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'check',
      description: 'Every fault of a document (YAML or JSON); nothing is stored. Exit code 2 when it has one',
      args: [['<file>', 'the document']],
      columns: ['path', 'message'],
      run: async (api, [path = '']) => {
        const { body } = await api.post<{ valid: boolean; faults: Record<string, unknown>[] }>('/policy-validations', file(path));
        if (!body.valid) process.exitCode = 2;
        return body.faults;
      },
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'store',
      description: 'Store a version, which never changes',
      args: [['<file>', 'the document, YAML or JSON']],
      columns: policyColumns,
      run: async (api, [path = '']) => (await api.post('/policies', file(path), { key: `policy ${file(path).text}` })).body,
    }),
  );

const debts = makeWeekVerb({
  name: 'debts',
  description: 'What rounding owes since a week was settled, of all sites or one',
  required: [weekOption],
  options: [['--site <site>', 'id of the site']],
  columns: ['siteId', 'product', 'doseNumber', 'packDoses', 'words'],
  run: (api, _args, { week = '', site }) => api.list<Row>(`/settlements/${mondayOf(week)}/debts`, site === undefined ? {} : { siteId: site }),
});

const awardColumns = ['awardId', 'ndc', 'doseNumber', 'state', 'packs', 'doses', 'acceptedDoses', 'answerBy'] as const;
const answer = (
  name: string,
  description: string,
  required: Parameters<typeof makeWeekVerb>[0]['required'],
  form: (options: Readonly<Record<string, string>>) => object,
): Command =>
  makeWeekVerb({
    name,
    description,
    args: [
      ['<site>', 'id of the site'],
      ['<award>', 'id of the award'],
    ],
    required: required ?? [],
    columns: awardColumns,
    run: async (api, [site = '', award = ''], options) => {
      const path = `/sites/${part(site)}/awards/${part(award)}`;
      const { version } = await api.get(path);
      return (await api.post(`${path}/answer`, form(options), { ifMatch: version })).body;
    },
  });
const awards = new Command('awards')
  .description("A site's offers: list, accept, reduce, decline, and the vials it sends as a hub (as somebody of the site, by --token)")
  .addCommand(
    makeWeekVerb({
      name: 'list',
      description: 'Offers to a site, latest week first',
      args: [['<site>', 'id of the site']],
      columns: awardColumns,
      run: (api, [site = '']) => api.list<Row>(`/sites/${part(site)}/awards`),
    }),
  )
  .addCommand(
    makeWeekVerb({
      name: 'vials',
      description: 'What a hub has to send other sites of a week by transfer, and what of it was sent',
      args: [['<site>', 'id of the hub']],
      required: [weekOption],
      columns: ['toSiteId', 'doses', 'sentDoses', 'state', 'awardId', 'words'],
      run: async (api, [site = ''], { week = '' }) =>
        (await api.get<{ items: Row[] }>(`/sites/${part(site)}/allocations/${mondayOf(week)}/vials-to-send`)).body.items,
    }),
  )
  .addCommand(answer('accept', 'Take an offer as it is', [], () => ({ answer: 'accept' })))
  .addCommand(
    answer(
      'reduce',
      'Take fewer doses, in whole packs (of doses by the vial, whole vials)',
      [['--doses <n>', 'how many', wholeNumber]],
      ({ doses }) => ({ answer: 'reduce', doses: Number(doses) }),
    ),
  )
  .addCommand(
    answer('decline', 'Take nothing of an offer', [['--reason <text>', 'why: it is kept']], ({ reason }) => ({ answer: 'decline', reason })),
  );

export const weekCommands: readonly Command[] = [supply, policies, awards, debts];
