import { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { templateLines } from '../../functions/doses/domain/csv/columns.ts';

const template = new Command('template')
  .description(
    'Print the header row of a file of doses (CSV), as POST /sites/{siteId}/dose-files takes it; docs/dose-files.md says what the columns mean',
  )
  .option('--example', 'with a filled-in row under it')
  .action(({ example }: { example?: true }) => {
    process.stdout.write(stringify(templateLines({ withExample: example === true }), { record_delimiter: '\r\n' }));
  });

export const dosesCommand = new Command('doses').description('For sites that report doses by file').addCommand(template);
