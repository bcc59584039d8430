// Makes src/api/schema.d.ts from the hub's OpenAPI document: `npm run api`.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../../docs/openapi.json', import.meta.url);
const target = new URL('../src/api/schema.d.ts', import.meta.url);
const document = JSON.parse(await readFile(source, 'utf8'));

// A name that is referred to and not described is a plain string, so that one slip in the
// document does not leave the desk without any types.
const prefix = '#/components/schemas/';
for (const [, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
  if (document.components.schemas[name]) continue;
  process.stderr.write(`${prefix}${name} is not described\n`);
  document.components.schemas[name] = { type: 'string' };
}

// The same for the names in a path.
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    for (const method of Object.values(methods)) {
      method.parameters ??= [];
      if (method.parameters.some((one) => one.in === 'path' && one.name === name)) continue;
      process.stderr.write(`${path}: {${name}} is not described\n`);
      method.parameters.push({ name, in: 'path', required: true, schema: { type: 'string' } });
    }
  }
}
await writeFile(target, astToString(await openapiTS(document, { defaultNonNullable: false })));
