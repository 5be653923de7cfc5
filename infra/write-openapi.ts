import { writeFileSync } from 'node:fs';
import { openApiFile, openApiText } from './openapi.ts';

// `npm run openapi`: after a route or a schema changed. A test holds that the document is up to date.
writeFileSync(openApiFile, openApiText());
