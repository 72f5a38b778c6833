import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { CONFIG_MAPS } from '../../../cluster/fixtures/config-maps.js';
import type { ApplyItem } from './apply-plan.js';
import { ApplyReport } from './apply-report.js';

function item(name: string): ApplyItem {
  const metadata = { name, namespace: 'shop' };
  return {
    resource: CONFIG_MAPS,
    namespace: 'shop',
    name,
    label: `configmap/${name}`,
    place: 'document 1 (line 1)',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata },
  };
}

const REFUSED = new ToolError('invalid_input', 'It is wrong.');
const LOST = new ToolError('unavailable', 'No answer.', { isOutcomeUnknown: true });

describe(ApplyReport.name, () => {
  it('fails with an unknown outcome if the answer to any of its writes was lost', () => {
    const [first, second, third] = ['first', 'second', 'third'].map(item) as [
      ApplyItem,
      ApplyItem,
      ApplyItem,
    ];
    const report = new ApplyReport([first, second, third]);
    report.addApplied(first, { before: undefined, after: first.object, removed: [] });
    report.fail(second, LOST);
    expect(report.failure()).toMatchObject({
      code: 'unavailable',
      retryable: false,
      isOutcomeUnknown: true,
      output: 'configmap/first created\nconfigmap/second unknown\nconfigmap/third not applied',
    });
    report.fail(third, REFUSED);
    expect(report.failure(new ToolError('timeout', 'Too late.'))).toMatchObject({
      code: 'timeout',
      isOutcomeUnknown: true,
    });
  });

  it('fails with a known outcome if every object that failed was refused', () => {
    const one = item('one');
    const report = new ApplyReport([one]);
    report.fail(one, REFUSED);
    expect(report.failure()).toMatchObject({ code: 'invalid_input', isOutcomeUnknown: false });
  });
});
