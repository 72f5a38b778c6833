/** Calls a server through the types that openapi-typescript makes. Prints what it was answered. */
import createClient from 'openapi-fetch';
import type { components, paths } from './openapi-typescript.js';

type Json = 'application/json' | 'application/problem+json';
type Event = components['schemas']['ExecutionEvent'];

const [baseUrl = '', token = ''] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const client = createClient<paths, Json>({ baseUrl, headers });
const WAIT = '/engine/v1/tools/k8s/wait_for_x_seconds/execute';
const GET = '/engine/v1/tools/k8s/k8s_get/execute';

const plain = await client.POST(WAIT, { body: { seconds: 0 } });
const text = plain.data?.status === 'success' ? plain.data.result : undefined;

const body = { resource_type: 'pods', name: 'none', namespace: 'shop' };
const missing = await client.POST(GET, { body });
const stranger = await createClient<paths, Json>({ baseUrl }).GET('/engine/v1/executions');

const started = await client.POST(WAIT, {
  params: { header: { Prefer: 'respond-async', 'Idempotency-Key': 'openapi-fetch' } },
  body: { seconds: 1 },
});
const id = started.data?.execution_id ?? '';
const shown = await client.GET('/engine/v1/executions/{id}', { params: { path: { id } } });

const followed = await client.GET('/engine/v1/executions/{id}/events', {
  params: { path: { id }, header: { 'Last-Event-ID': 0 } },
  parseAs: 'text',
});
const events = [...(followed.data ?? '').matchAll(/^data: (.*)$/gm)].map(
  ([, data = '']) => JSON.parse(data) as Event,
);

const listed = await client.GET('/engine/v1/executions', { params: { query: { limit: 1 } } });
const query = { tool: 'wait_for_x_seconds', limit: 1 };
const audited = await client.GET('/engine/v1/audit', { params: { query } });
const tool = await client.GET('/engine/v1/tools/{category}/{tool}', {
  params: { path: { category: 'k8s', tool: 'k8s_get' } },
});

const answers = {
  plain: text,
  missing: [missing.response.status, missing.error?.code],
  stranger: [stranger.response.status, stranger.error?.code],
  location: started.response.headers.get('location') === `/engine/v1/executions/${id}`,
  accepted: [started.response.status, started.data?.status],
  shown: [shown.response.status, shown.data?.tool],
  events: events.map((event) =>
    'progress' in event ? event.message : 'status' in event ? event.status : event,
  ),
  listed: listed.data?.executions.map(({ status }) => status),
  audited: audited.data?.entries.map(({ outcome }) => outcome),
  required: tool.data?.parameters[0]?.name,
};
console.log(JSON.stringify(answers));
