#!/usr/bin/env -S node --max-semi-space-size=4 --optimize-for-size
import '../dist/apps/server/src/main.js';
