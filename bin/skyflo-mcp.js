#!/usr/bin/env -S node --expose-gc --max-semi-space-size=16 --heap-growing-percent=50
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Most of a start is compiling: what was compiled once is kept for the next. Without a place to keep it in, it is not.
const cacheFolder = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
enableCompileCache(join(cacheFolder, 'skyflo-mcp', 'compile'));

await import('../dist/apps/server/src/main.js');
