/** Calls a server through the client of @hey-api/openapi-ts. Prints what it was answered. */
import { client } from './hey-api/client.gen.js';
import {
  followExecution,
  getExecution,
  getTool,
  k8sGet,
  listAudit,
  listExecutions,
  waitForXSeconds,
} from './hey-api/index.js';

const [baseUrl = '', token = ''] = process.argv.slice(2);
client.setConfig({ baseUrl });
const stranger = await listExecutions();
client.setConfig({ auth: token });

const plain = await waitForXSeconds({ body: { seconds: 0 } });
const text = plain.data?.status === 'success' ? plain.data.result : undefined;

const missing = await k8sGet({
  body: { resource_type: 'pods', name: 'none', namespace: 'shop' },
});

const started = await waitForXSeconds({
  headers: { Prefer: 'respond-async', 'Idempotency-Key': 'hey-api' },
  body: { seconds: 1 },
});
const id = started.data?.execution_id ?? '';
const shown = await getExecution({ path: { id } });

const { stream } = await followExecution({ path: { id }, headers: { 'Last-Event-ID': 0 } });
const events: unknown[] = [];
for await (const event of stream) {
  events.push('progress' in event ? event.message : 'status' in event ? event.status : event);
}

const listed = await listExecutions({ query: { limit: 1 } });
const audited = await listAudit({ query: { tool: 'wait_for_x_seconds', limit: 1 } });
const tool = await getTool({ path: { category: 'k8s', tool: 'k8s_get' } });

const answers = {
  plain: text,
  missing: [missing.response?.status, missing.error?.code],
  stranger: [stranger.response?.status, stranger.error?.code],
  location: started.response?.headers.get('location') === `/engine/v1/executions/${id}`,
  accepted: [started.response?.status, started.data?.status],
  shown: [shown.response?.status, shown.data?.tool],
  events,
  listed: listed.data?.executions.map(({ status }) => status),
  audited: audited.data?.entries.map(({ outcome }) => outcome),
  required: tool.data?.parameters[0]?.name,
};
console.log(JSON.stringify(answers));
