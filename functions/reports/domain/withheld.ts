import type { Jurisdiction } from '../../../shared/codes/jurisdiction.ts';
import type { PersonItem } from '../../../shared/published/person.ts';
import { contributionOf, emptyContribution, type Contribution } from './coverage.ts';
import { coveragePersonOf, type PersonView } from './person-history.ts';
import type { ReportingChoices } from './reportable.ts';

/** What the jurisdiction's law makes of those who opted out. */
export const choicesOf = ({ optOut }: Pick<Jurisdiction, 'optOut'>): ReportingChoices => ({ optedOut: optOut.keepsForReports ? 'send' : 'withhold' });

/** True of a person who is in no file and no count: opted out, where that means so. */
export const isWithheld = ({ optOut }: Pick<PersonItem, 'optOut'>, { optedOut }: ReportingChoices): boolean =>
  optOut !== undefined && optedOut === 'withhold';

/** What a person adds to the counters; nothing while it is withheld. */
export const contributionOfView = (view: PersonView, jurisdiction: Jurisdiction): Contribution =>
  isWithheld(view.person, choicesOf(jurisdiction)) ? emptyContribution(view.person.version) : contributionOf(coveragePersonOf(view), jurisdiction);
