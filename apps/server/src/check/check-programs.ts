import { Programs } from '#cli';
import type { ToolRegistry } from '#tools';
import { CHECK_LIMIT_MS, type Fact } from './finding.js';

interface Program {
  name: string;
  /** What makes it say its version. */
  args: readonly string[];
  /** The oldest version that has what the tools use. */
  oldest: readonly [major: number, minor: number];
  install: string;
}

/** The programs that some tools start. */
export const PROGRAMS: readonly Program[] = [
  {
    name: 'kubectl',
    args: ['version', '--client', '--output=json'],
    oldest: [1, 24],
    install: 'https://kubernetes.io/docs/tasks/tools/',
  },
  {
    name: 'helm',
    args: ['version', '--short'],
    oldest: [3, 8],
    install: 'https://helm.sh/docs/intro/install/',
  },
];

/** Whether a program is there and new enough, and what does not work otherwise. */
export async function checkProgram(
  program: Program,
  programs: Programs,
  registry: ToolRegistry,
): Promise<Fact[]> {
  const { name, args, oldest, install } = program;
  const tools = registry.list().filter(({ requirements }) => {
    return requirements.some((requirement) => requirement.program === name);
  });
  const fault = (why: string): Fact[] => {
    const says = `${why}, so these do not work: ${tools.map((tool) => tool.name).join(', ')}`;
    return [{ name, state: 'failed', says, todo: `Install it: ${install}` }];
  };
  const path = programs.find(name);
  if (path === undefined) return fault('not on the PATH');
  const signal = AbortSignal.timeout(CHECK_LIMIT_MS / 2);
  const { stdout } = await programs.run(path, args, { signal, maxOutputChars: 10_000 });
  const [version, major, minor] = /v(\d+)\.(\d+)\.[\w.-]+/.exec(stdout) ?? [];
  if (version === undefined) return fault(`${path} does not say its version`);
  const age = Number(major) - oldest[0] || Number(minor) - oldest[1];
  if (age < 0) return fault(`${version} is older than v${oldest.join('.')}`);
  return [{ name, state: 'ok', says: `${version} (${path})` }];
}
