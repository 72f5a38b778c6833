// Lists pods, follows a rollout, comes back for a call, cancels one, and handles a failure.
import { createClient, SkyfloError } from 'skyflo-mcp/client';

const client = createClient({
  baseUrl: process.env.SKYFLO_URL ?? 'http://localhost:8081',
  token: process.env.SKYFLO_TOKEN,
});
const namespace = process.env.NAMESPACE ?? 'shop';
const web = { name: 'web', namespace };

// Waits for the answer.
const pods = await client.call('k8s_get', { resource_type: 'pods', namespace });
console.log(pods.result);

// Restarts a deployment, and follows it until it is up to date.
await client.call('k8s_rollout_restart', web);
for await (const event of client.stream('k8s_rollout_status', web)) {
  if (event.type === 'progress') console.log('…', event.data.message);
  if (event.type === 'result') console.log(event.data.status, event.data.result);
}

// Starts a call, and comes back for it. `client.run(id)` finds it again from anywhere.
const run = await client.start('wait_for_x_seconds', { seconds: 2 });
console.log(run.id, (await run.status()).status);
console.log((await client.run(run.id).wait()).result);

// Changes its mind.
const long = await client.start('wait_for_x_seconds', { seconds: 120 });
console.log((await long.cancel()).status);

// A failure says what kind it is, and what to do next.
try {
  await client.call('k8s_get', { resource_type: 'pods', name: 'nobody', namespace });
} catch (error) {
  if (!(error instanceof SkyfloError)) throw error;
  console.log(error.status, error.code, error.message);
}
