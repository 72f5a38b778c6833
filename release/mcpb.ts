/**
 * Packs the server as an MCP bundle, which desktop clients install with a click.
 *
 *     npm run release:mcpb -- [FILE]
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface Package {
  name: string;
  version: string;
  description: string;
  license: string;
  homepage: string;
  repository: { type: string; url: string };
  engines: { node: string };
}

const project = JSON.parse(readFileSync('package.json', 'utf8')) as Package;
const file = resolve(process.argv[2] ?? `dist/${project.name}-${project.version}.mcpb`);
const folder = mkdtempSync(join(tmpdir(), 'skyflo-mcpb-'));
try {
  const server = join(folder, 'bundle', 'server');
  mkdirSync(server, { recursive: true });
  unpackPackage(server);
  installDependencies(server);
  const manifest = JSON.stringify(manifestOf(project), null, 2);
  writeFileSync(join(folder, 'bundle', 'manifest.json'), `${manifest}\n`);
  mkdirSync(dirname(file), { recursive: true });
  run('npx', ['--no-install', 'mcpb', 'pack', join(folder, 'bundle'), file], process.cwd());
  process.stdout.write(`${file}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What users of npm get, without what it depends on. */
function unpackPackage(server: string): void {
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  run('tar', ['-xzf', join(folder, filename), '-C', server, '--strip-components=1']);
}

/** The versions are those of package-lock.json. */
function installDependencies(server: string): void {
  const manifest = join(server, 'package.json');
  const { devDependencies: _, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as Package & {
    devDependencies: unknown;
  };
  writeFileSync(manifest, `${JSON.stringify({ ...rest, scripts: {} }, null, 2)}\n`);
  copyFileSync('package-lock.json', join(server, 'package-lock.json'));
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  run('npm', ['install', '--omit=dev', '--omit=optional', ...quiet], server);
  rmSync(join(server, 'package-lock.json'));
}

function run(program: string, args: string[], cwd = '.'): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @see https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md */
function manifestOf({ name, version, license, homepage, repository, engines }: Package) {
  const program = 'server/bin/skyflo-mcp.js';
  return {
    manifest_version: '0.3',
    name,
    display_name: 'Skyflo MCP',
    version,
    description: 'Looks into and operates Kubernetes clusters, with Argo Rollouts and Helm.',
    author: { name: 'Skyflo', url: homepage },
    repository: { type: repository.type, url: repository.url.replace(/^git\+/, '') },
    homepage,
    license,
    keywords: ['kubernetes', 'helm', 'argo-rollouts'],
    server: {
      type: 'node',
      entry_point: program,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${program}`, '--stdio', '--read-only=${user_config.read_only}'],
        env: {
          KUBECONFIG: '${user_config.kubeconfig}',
          POLICY_FILE: '${user_config.policy}',
        },
      },
    },
    tools_generated: true,
    compatibility: {
      platforms: ['darwin', 'linux', 'win32'],
      runtimes: { node: engines.node },
    },
    user_config: {
      kubeconfig: {
        type: 'file',
        title: 'Kubeconfig',
        description: 'The clusters to reach.',
        default: '${HOME}/.kube/config',
        required: false,
      },
      read_only: {
        type: 'boolean',
        title: 'Only look',
        description: 'Only tools that change nothing.',
        default: false,
        required: false,
      },
      policy: {
        type: 'string',
        title: 'Policy',
        description: 'What may be done: read-only, operator, admin, or the path of a policy file.',
        default: 'operator',
        required: false,
      },
    },
  };
}
