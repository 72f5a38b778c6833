import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { stateFolder } from './state-folder.js';

describe(stateFolder, () => {
  it('is in XDG_STATE_HOME', () => {
    expect(stateFolder('/var/state')).toBe('/var/state/skyflo-mcp');
  });

  it('is in the home folder where that is not set', () => {
    expect(stateFolder('')).toBe(`${homedir()}/.local/state/skyflo-mcp`);
  });
});
