import { fetchPages, namespaceToList, type ApiResource, type Cluster } from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { sinceSeconds } from '../logs/duration.js';
import { eventTable } from './event-lines.js';
import type { EventsDto } from './events.dto.js';
import { FoldedEvents, type Event } from './folded-events.js';

/** Events of a page. */
const PAGE_EVENTS = 500;

/** Characters of an answer that are left for what is said below the events. */
const FOOTER_CHARS = 300;

const TYPES = { normal: 'Normal', warning: 'Warning' };

const METADATA_ONLY =
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';

/** The object whose events are wanted. */
interface Target {
  resource: ApiResource;
  name: string;
}

/**
 * The newest events of an object or a namespace, the newest last.
 * @throws ToolError `not_found` for an unknown kind, and for an object that neither is there nor
 * has events; `invalid_input` for contradicting parameters
 */
export async function readEvents(
  cluster: Cluster,
  query: EventsDto,
  { signal, maxOutputChars }: ToolCall,
): Promise<ToolResult> {
  const since = query.since === undefined ? undefined : sinceSeconds(query.since);
  const listed = namespaceToList(cluster, query);
  const target = await targetOf(cluster, query.resource, signal);
  // Events of what is outside namespaces stand in some namespace of their reporter's choice.
  const namespace = target && !target.resource.namespaced ? undefined : listed;
  const folded = new FoldedEvents(since === undefined ? undefined : Date.now() - since * 1_000);
  const resource = await cluster.discovery.resolveKind('v1', 'Event', signal);
  const fieldSelector = selectorOf(query, target);
  const pages = fetchPages<{ items: Event[] | null }>(
    cluster,
    { resource, namespace, fieldSelector },
    { limit: PAGE_EVENTS, signal },
  );
  for await (const { list, replaces } of pages) {
    if (replaces > 0) folded.clear();
    for (const event of list.items ?? []) folded.add(event);
  }
  const events = folded.inOrder();
  if (events.length === 0) {
    if (target) await requireThere(cluster, target, listed, signal);
    return { output: nothingText(query, namespace), data: { events } };
  }
  const wanted = events.slice(-query.limit);
  const { text, shown } = eventTable(wanted, {
    showNamespace: namespace === undefined,
    maxChars: Math.max(1, maxOutputChars - FOOTER_CHARS),
  });
  const older = events.length - shown;
  const wayOn = 'Narrow the query by resource, type, reason or since';
  const raise = shown === query.limit ? ', or raise limit' : '';
  const remark = older > 0 ? `\n[${older} older are left out. ${wayOn}${raise}.]` : '';
  return { output: text + remark, data: { events: wanted.slice(-shown) } };
}

async function targetOf(
  cluster: Cluster,
  text: string | undefined,
  signal: AbortSignal,
): Promise<Target | undefined> {
  if (text === undefined) return undefined;
  const [kind = '', name = ''] = text.split('/');
  return { resource: await cluster.discovery.resolve(kind, signal), name };
}

function selectorOf({ type, reason }: EventsDto, target: Target | undefined): string | undefined {
  const fields = {
    'involvedObject.kind': target?.resource.kind,
    'involvedObject.name': target?.name,
    type: type && TYPES[type],
    reason,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length > 0 ? given.map((pair) => pair.join('=')).join(',') : undefined;
}

/**
 * Tells a name without events from one that is not there.
 * @throws ToolError `not_found`
 */
async function requireThere(
  cluster: Cluster,
  { resource, name }: Target,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (resource.namespaced && namespace === undefined) return;
  try {
    await cluster.request(resource.path(namespace, name), { signal, accept: METADATA_ONLY });
  } catch (error) {
    // The right to read events does not include the right to read the object.
    if (!(error instanceof ToolError) || error.code !== 'forbidden') throw error;
  }
}

function nothingText({ resource }: EventsDto, namespace: string | undefined): string {
  const whose = resource === undefined ? '' : ` for ${resource}`;
  const where = namespace === undefined ? '' : ` in ${namespace} namespace`;
  return `No events found${whose}${where}. The API server keeps events for an hour, unless it is told otherwise.`;
}
