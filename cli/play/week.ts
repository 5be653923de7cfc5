import type { LocalRun } from '../../local/start.ts';
import { jurisdictionFor } from '../../shared/codes/jurisdiction.ts';
import { addDays } from '../../shared/kernel/dates.ts';
import { callersOf } from '../system.ts';
import type { Progress } from '../table.ts';
import { answerAward, ask, awardsOf, janssen, moderna, orderAward, recordSupply, runAllocation } from './allocate.ts';
import { enrollOrganization, enrollSite, onboardInterface } from './enroll.ts';
import { readOutcome } from './outcome.ts';
import { ship, vaccinate } from './ship-and-vaccinate.ts';
import { at, playedWeek, site, sites, type Story, type WeekResult } from './story.ts';

const enroll = async (story: Story): Promise<void> => {
  const { nurse, reviewer, progress } = story;
  at(story, addDays(story.week, -7), '09:00');
  const organizationId = await progress.step('Mon  an organization signs and is approved', () =>
    enrollOrganization(nurse, reviewer, 'Sample Health Alliance, Inc.', sites.length),
  );
  for (const { group: _group, asks: _asks, ...form } of sites)
    story.siteIds.push(
      await progress.step(`Mon  ${form.name} is approved with PIN ${form.pin}`, () => enrollSite(nurse, reviewer, organizationId, form)),
    );
  // The ready-made token of the role `provider-staff` speaks for this subject: whoever tries the API by hand sees the played sites.
  await nurse.post(`/organizations/${organizationId}/members`, { subject: 'local-provider-staff' });
  await progress.step('Mon  the EHR interface goes to production', () =>
    onboardInterface(nurse, reviewer, organizationId, story.ehrClientId, story.siteIds),
  );
  story.events.push(['enrolled', 'organizations', 1], ['enrolled', 'sites', story.siteIds.length], ['enrolled', 'EHR interfaces', 1]);
};

const allocate = async (story: Story): Promise<void> => {
  const { ann, bob, nurse, progress, week } = story;
  at(story, addDays(week, -6), '10:00');
  await progress.step('Tue  supply arrives: 12 packs of Janssen, 8 of Moderna', async () => {
    await recordSupply(ann, week, janssen, 12);
    await recordSupply(ann, week, moderna, 8);
  });
  await progress.step('Tue  sites say the most they can use', async () => {
    for (const [index, siteId] of story.siteIds.entries())
      for (const product of [janssen, moderna]) {
        const { form } = site(story, index);
        await ask(ann, week, product, { siteId, group: form.group, population: form.population ?? 0, doses: form.asks, provider: nurse });
      }
  });
  at(story, addDays(week, -5), '11:00');
  const run = await progress.step(
    'Wed  the allocation is run, proposed by one person and published by another',
    () => runAllocation(ann, bob, week, 'connecticut-2021-03'),
    ({ awards, awardedDoses, supplyDoses }) => `${awards} awards, ${awardedDoses} of ${supplyDoses} doses`,
  );
  story.awards = (await Promise.all(story.siteIds.map((siteId) => awardsOf(nurse, siteId, week)))).flat();
  for (const award of story.awards.slice(0, 1)) progress.say(`         why ${award.doses} doses of ${award.ndc}: ${award.words.join('; ')}`);
  const declined = story.awards.find(({ siteId, ndc }) => siteId === story.siteIds[2] && ndc === moderna.ndc);
  const accepted = story.awards.filter((award) => award !== declined);
  await progress.step('Wed  awards are accepted, and one is declined', async () => {
    for (const award of accepted) await answerAward(nurse, award, { answer: 'accept' });
    if (declined !== undefined) await answerAward(nurse, declined, { answer: 'decline', reason: 'no freezer for Moderna this week' });
  });
  story.awards = accepted;
  story.events.push(
    ['supply', 'doses', run.supplyDoses],
    ['awarded', 'doses', run.awardedDoses],
    ['accepted', 'awards', accepted.length],
    ['declined', 'awards', declined === undefined ? 0 : 1],
  );
};

const order = async (story: Story): Promise<void> => {
  const { ann, nurse, inventory, progress, week } = story;
  at(story, addDays(week, -4), '09:00');
  await progress.step('Thu  orders are placed and approved', async () => {
    for (const award of story.awards) await orderAward(nurse, ann, award);
  });
  const file = await progress.step(
    'Thu  the order file for VTrckS is built',
    () => inventory.post('/order-files', {}, { key: `file ${week}` }),
    ({ body }) => `${String(body['lines'])} lines, ${String(body['doses'])} doses`,
  );
  const csv = (await inventory.get(`/order-files/${String(file.body['fileId'])}`)).text;
  const answers = csv.trim().split(/\r?\n/);
  const reference = answers[0]?.split(',').indexOf('ORDER_REFERENCE') ?? 0;
  const rows = answers.slice(1).map((line, index) => `${line.split(',')[reference] ?? ''},ACCEPTED,05089${String(index).padStart(5, '0')},000010`);
  await progress.step(
    'Fri  the supplier accepts',
    () =>
      inventory.post('/order-responses', ['ORDER_REFERENCE,STATUS,ORDER_NUMBER,ORDER_LINE_NUMBER', ...rows].join('\n'), { contentType: 'text/csv' }),
    ({ body }) => `${String(body['taken'])} lines`,
  );
  story.events.push(['ordered', 'lines', Number(file.body['lines'])], ['ordered', 'doses', Number(file.body['doses'])]);
};

/** Plays one week of the programme through the public API, night jobs included. Every request can be sent again without effect. */
export const playWeek = async (run: LocalRun, progress: Progress, jurisdiction: string): Promise<WeekResult> => {
  const { person: as, machine } = callersOf(run);
  const ehr = await machine('sample-ehr');
  const story: Story = {
    run,
    progress,
    week: playedWeek,
    zone: jurisdictionFor(jurisdiction).timeZone,
    nurse: await as('nurse-sample', 'provider-staff'),
    reviewer: await as('reviewer', 'dph-reviewer'),
    ann: await as('allocator-ann', 'dph-allocator'),
    bob: await as('allocator-bob', 'dph-allocator'),
    inventory: await as('inventory', 'dph-inventory'),
    epidemiologist: await as('epidemiologist', 'dph-epidemiologist'),
    ehr: ehr.api,
    ehrClientId: ehr.clientId,
    siteIds: [],
    events: [],
    awards: [],
  };
  await enroll(story);
  await allocate(story);
  await order(story);
  await ship(story);
  await vaccinate(story);
  const outcome = await progress.step('Balances, submissions and recount are read', () =>
    readOutcome(run, story.inventory, story.epidemiologist, addDays(story.week, 5)),
  );
  return { events: story.events, outcome, names: new Map(story.siteIds.map((siteId, index) => [siteId, site(story, index).form.name])) };
};
