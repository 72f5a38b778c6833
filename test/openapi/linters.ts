import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTools } from './foreign-tools.js';

/** Linters with their default rules, none switched off, and how they say that nothing is wrong. */
export const LINTERS: Record<string, { args: string[]; fine: string }> = {
  redocly: { args: ['lint', '--extends=recommended', '--format=json'], fine: '"problems": []' },
  spectral: {
    args: ['lint', '--ruleset=ruleset.json', '--fail-severity=hint'],
    fine: "No results with a severity of 'hint' or higher found!",
  },
};

const QUIET = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** What a linter says of `openapi.json` in a folder. */
export async function lint(name: string, folder: string): Promise<string> {
  const tools = await nodeTools();
  writeFileSync(join(folder, 'ruleset.json'), '{"extends":["spectral:oas"]}');
  const program = join(tools, 'node_modules/.bin', name);
  const args = [program, ...(LINTERS[name]?.args ?? []), 'openapi.json'];
  const env = { ...process.env, ...QUIET };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (_fault, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}
