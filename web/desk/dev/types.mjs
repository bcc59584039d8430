// Makes src/api/schema.d.ts from the hub's OpenAPI document: `npm run api`.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../../docs/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const document = JSON.parse(await readFile(source, 'utf8'));
await writeFile(target, astToString(await openapiTS(document, { defaultNonNullable: false })));
