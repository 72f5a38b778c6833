// Makes what the services of docker-compose.yml need: an API key, passwords, Argo Rollouts and the
// demo shop. It runs at each start, and makes nothing twice.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ARGO_ROLLOUTS = {
  version: 'v1.10.1',
  sha256: 'be25242c55bab7650e0b845da11dbce811f7427deae367e224435e0d766ebe5a',
};
/** The user that the image runs as, and that of Grafana's. */
const SERVER = 65532;
const GRAFANA = 472;

const KEYS = '/var/lib/skyflo-keys';
const SECRETS = '/run/skyflo';
const CLUSTER = '/run/cluster/kubeconfig';
const DEMO = '/setup/demo';

function kubectl(args, input) {
  const options = { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] };
  return execFileSync('kubectl', [`--kubeconfig=${CLUSTER}`, ...args], options);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function giveTo(user, path) {
  chownSync(path, user, user);
}

function makeSecret(name, user, text) {
  const path = join(SECRETS, name);
  if (existsSync(path)) return undefined;
  writeFileSync(path, text, { mode: 0o400 });
  giveTo(user, path);
  return text;
}

function makeKey() {
  const { API_KEYS_FILE: file, API_KEYS_PEPPER_FILE: pepper } = process.env;
  if (existsSync(file)) return;
  writeFileSync(pepper, randomBytes(32).toString('base64url'), { mode: 0o600 });
  const command = ['/opt/skyflo-mcp/bin/skyflo-mcp.js', 'key', 'new', '--principal', 'compose'];
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const key = execFileSync(process.execPath, [...command, '--expires', 'never'], options);
  giveTo(SERVER, KEYS);
  for (const name of readdirSync(KEYS)) giveTo(SERVER, join(KEYS, name));
  say(`The API key of this server, shown only now: ${key.trim()}`);
}

function makePasswords() {
  const password = randomBytes(24).toString('base64url');
  if (makeSecret('postgres-password', 0, password)) {
    makeSecret('pgpass', SERVER, `database:5432:skyflo:skyflo:${password}\n`);
  }
  const grafana = makeSecret('grafana-password', GRAFANA, randomBytes(12).toString('base64url'));
  if (grafana) say(`The password of "admin" in Grafana, shown only now: ${grafana}`);
}

/**
 * Of the cluster under its name on the network of the services. It may be another at each start.
 */
function writeKubeconfig() {
  const path = join(SECRETS, 'kubeconfig');
  const text = readFileSync(CLUSTER, 'utf8').replace('https://127.0.0.1:', 'https://cluster:');
  writeFileSync(path, text, { mode: 0o400 });
  giveTo(SERVER, path);
}

async function installArgoRollouts() {
  if (exists('deployment/argo-rollouts', 'argo-rollouts')) return;
  const { version, sha256 } = ARGO_ROLLOUTS;
  const source = `https://raw.githubusercontent.com/argoproj/argo-rollouts/${version}/manifests/install.yaml`;
  const response = await fetch(source, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`${source} answers ${response.status}.`);
  const manifest = Buffer.from(await response.arrayBuffer());
  const digest = createHash('sha256').update(manifest).digest('hex');
  if (digest !== sha256) throw new Error(`${source} has the sha256 ${digest}, not ${sha256}.`);
  // The file of a release names no release.
  const released = manifest.toString().replace('argo-rollouts:latest', `argo-rollouts:${version}`);
  kubectl(['create', 'namespace', 'argo-rollouts']);
  kubectl(['apply', '--server-side', '-n', 'argo-rollouts', '-f', '-'], released);
  say(`Argo Rollouts ${version} is installed.`);
}

/** The shop with its first release, then the second of its canary, which waits at its pause. */
function openShop() {
  if (exists('namespace/shop')) return;
  kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd/rollouts.argoproj.io']);
  kubectl(['apply', '-f', join(DEMO, 'orders-crd.yaml')]);
  kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd/orders.demo.skyflo.ai']);
  kubectl(['apply', '-k', DEMO]);
  const checkout = ['-n', 'shop', 'rollout/checkout'];
  kubectl(['wait', '--for=jsonpath={.status.phase}=Healthy', '--timeout=300s', ...checkout]);
  const second = { spec: { template: { metadata: { annotations: { release: '1.5.0' } } } } };
  kubectl(['patch', '--type=merge', ...checkout, '-p', JSON.stringify(second)]);
  say('The shop is open, in the namespace "shop".');
}

function exists(object, namespace = 'default') {
  return kubectl(['get', object, '-n', namespace, '--ignore-not-found', '-o', 'name']) !== '';
}

writeKubeconfig();
makeKey();
makePasswords();
await installArgoRollouts();
openShop();
