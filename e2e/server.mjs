// Starts the real binary in demonstration mode on a free port and a scratch folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** The binary under test: LIANTI_BINARY, or the release build. */
export function binary() {
  const path = process.env.LIANTI_BINARY ?? join(target, 'release', 'lianti');
  if (!existsSync(path)) throw new Error(`${path} is missing; run: cargo build --release -p lianti`);
  return path;
}

/** Answers `{ url, stop }` once the server listens. */
export async function startDemo({ days = 20 } = {}) {
  const data = mkdtempSync(join(tmpdir(), 'lianti-e2e-'));
  const child = spawn(binary(), ['demo', '--data', data, '--listen', '127.0.0.1:0', '--days', String(days)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LIANTI_LOG: 'warn' },
  });
  const url = await new Promise((done, fail) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.match(/Open (http:\/\/[0-9.:]+)/);
      if (found) done(found[1]);
    });
    child.on('exit', (code) => fail(new Error(`the server ended with ${code} before it listened:\n${text}`)));
  });
  const stop = async () => {
    const ended = new Promise((done) => child.on('exit', done));
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { url, stop };
}
