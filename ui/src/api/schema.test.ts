// @vitest-environment node
/** The typed client is made from the server's own document: drift between the two fails here. */
import { readFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);
const GENERATED = new URL('./schema.gen.ts', import.meta.url);

test('schema.gen.ts is what docs/openapi.json generates (else: npm run gen)', async () => {
  const made = astToString(await openapi(DOCUMENT));
  expect(readFileSync(GENERATED, 'utf8')).toContain(made.trim());
}, 60_000);
