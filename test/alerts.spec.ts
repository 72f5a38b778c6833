import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERT_CASES } from './support/alert-cases.js';
import { alerts, panels } from './support/observability.js';

const PAGE = readFileSync('docs/operating.md', 'utf8');

describe('the alerts', () => {
  it('each say what is wrong, and lead to a heading of docs/operating.md', () => {
    for (const { alert, annotations, labels } of alerts()) {
      const { summary, description, runbook_url: url } = annotations;
      expect([alert, summary, description], alert).toEqual([
        alert,
        ...Array(2).fill(expect.any(String)),
      ]);
      expect(labels.severity, alert).toMatch(/^(critical|warning)$/);
      expect(url).toBe(
        `https://github.com/skyflo-ai/skyflo/blob/main/docs/operating.md#${alert.toLowerCase()}`,
      );
      expect(PAGE, alert).toContain(`\n### ${alert}\n`);
    }
  });

  it('each have a case that brings them about', () => {
    expect(Object.keys(ALERT_CASES)).toEqual(alerts().map(({ alert }) => alert));
  });

  it('are all that the page has', () => {
    const headings = [...PAGE.matchAll(/^### (Skyflo\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(alerts().map(({ alert }) => alert));
  });
});

describe('the dashboard', () => {
  it('asks a question with each panel, says how to read it, and takes its data from a variable', () => {
    expect(panels().length).toBeGreaterThan(20);
    for (const { title, description, datasource } of panels()) {
      expect([title, description]).toEqual([
        expect.stringMatching(/\?$/),
        expect.stringMatching(/\.$/),
      ]);
      expect(datasource?.uid, title).toBe('${datasource}');
    }
  });
});
