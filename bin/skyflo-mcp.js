#!/usr/bin/env -S node --expose-gc --max-semi-space-size=8 --heap-growing-percent=50
import '../dist/bundle/main.js';
