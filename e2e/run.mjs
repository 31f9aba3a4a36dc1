// Runs the browser journeys against one freshly made demonstration. With --audits it walks over every
// screen instead, for accessibility and for words left in the other language, and over the boards: slow,
// not yet steady, and to be read.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from './server.mjs';

const audits = process.argv.includes('--audits');
const folder = join(import.meta.dirname, audits ? 'audits' : 'journeys');
const wanted = process.argv.slice(2).filter((argument) => argument !== '--audits');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.mjs') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort()
  .map((name) => join(folder, name));

const server = await startDemo();
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=420000', ...files], {
  stdio: 'inherit',
  env: { ...process.env, LIANTI_URL: server.url },
});
const code = await new Promise((done) => child.on('exit', done));
await server.stop();
process.exit(code ?? 1);
