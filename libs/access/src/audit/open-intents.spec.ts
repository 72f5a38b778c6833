import { describe, expect, it } from 'vitest';
import { AuditRecord, CALL } from '../../fixtures/audit-record.js';
import type { AuditDraft } from './audit-entry.js';
import { openIntents, unknownOutcome } from './open-intents.js';
import { verifyAudit } from './verify/verify-audit.js';

const INTENT: AuditDraft = { ...CALL, kind: 'intent', outcome: undefined, tool: 'k8s_delete' };

describe(openIntents.name, () => {
  it('finds the writes that a server which was killed has left, until somebody says so', async () => {
    const record = new AuditRecord();
    const killed = record.chain('killed');
    const { entry: done } = killed.append(INTENT)!;
    killed.append({ ...INTENT, kind: 'outcome', outcome: 'done', intent: done });
    const { entry: interrupted } = killed.append(INTENT)!;
    expect(await openIntents(record.entries)).toEqual([interrupted]);

    const next = record.chain('next');
    for (const intent of await openIntents(record.entries)) next.append(unknownOutcome(intent));
    expect(record.entries.at(-1)).toMatchObject({
      kind: 'outcome',
      outcome: 'unknown',
      principal: CALL.principal,
      intent: { chain: 'killed', seq: 3 },
    });
    expect(await openIntents(record.entries)).toEqual([]);
    const chainOf = (id: string) => record.entries.filter(({ chain }) => chain === id);
    expect(await openIntents([...chainOf('next'), ...chainOf('killed')])).toEqual([]);
    expect(await verifyAudit(record.entries, record.checkpoints, record.publicKeys)).toMatchObject({
      isIntact: true,
    });
  });
});
