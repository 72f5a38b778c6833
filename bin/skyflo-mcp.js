#!/usr/bin/env node
// Old versions of Node.js run this file too: it has to be read by all of them.
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Less memory for a server that mostly waits: a small young generation and slow growth. The young
 * generation is as large from the start as the start needs it, which then takes a tenth less CPU.
 */
const NODE_FLAGS = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=16',
  '--heap-growing-percent=50',
];
/** glibc keeps an arena for each thread otherwise. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' };

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [wanted] = /\d+\.\d+\.\d+/.exec(engines.node);

function isOlder(version, than) {
  const parts = version.split('.').map(Number);
  const others = than.split('.').map(Number);
  const index = parts.findIndex((part, at) => part !== others[at]);
  return index >= 0 && parts[index] < others[index];
}

if (isOlder(process.versions.node, wanted)) {
  process.stderr.write(
    `skyflo-mcp needs Node.js ${wanted} or newer. This is ${process.version} (${process.execPath}).\n`,
  );
  process.exit(1);
}

const words = process.argv.slice(2);
if (words.includes('check') && words.includes('--health')) {
  // A probe runs every few seconds: nothing but itself is loaded.
  await import('../dist/bundle/health-probe.js');
  process.exit();
}

// The process becomes one with the flags. Windows has no such call, and goes on without them.
if (process.execve && !NODE_FLAGS.every((flag) => process.execArgv.includes(flag))) {
  const args = [...process.execArgv, ...NODE_FLAGS, ...process.argv.slice(1)];
  process.execve(process.execPath, [process.argv0, ...args], { ...ENVIRONMENT, ...process.env });
}

// What V8 compiles is kept for the next start, which then takes a fifth less time and 20 MB less.
try {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  module.enableCompileCache(join(cache, 'skyflo-mcp', 'compile'));
} catch {
  // A user without a home.
}

await import('../dist/bundle/main.js');
