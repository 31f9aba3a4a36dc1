// Runs the browser journeys against one freshly made demonstration: all of them, or those named.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDemo } from './server.mjs';

const folder = join(import.meta.dirname, 'journeys');
const wanted = process.argv.slice(2);
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
