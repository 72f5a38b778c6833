import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const ALERTS_FILE = 'charts/skyflo-mcp/files/alerts.yaml';
export const DASHBOARD_FILE = 'charts/skyflo-mcp/dashboards/skyflo-mcp.json';

export interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: Record<string, string>;
}

interface Panel {
  title: string;
  description?: string;
  type: string;
  datasource?: { uid: string };
  targets?: { expr: string }[];
}

export function alerts(): Alert[] {
  const { groups } = parse(readFileSync(ALERTS_FILE, 'utf8')) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The panels of the dashboard, without the headings between them. */
export function panels(): Panel[] {
  const { panels: all } = JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8')) as { panels: Panel[] };
  return all.filter(({ type }) => type !== 'row');
}

/** The expressions of the dashboard, with the variables as Grafana would fill them in. */
export function dashboardExpressions(): string[] {
  return panels()
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .map((expr) =>
      expr
        .replaceAll('$__rate_interval', '1m')
        .replaceAll('$__range', '10m')
        .replace(/\$(job|instance)\b/g, '.*'),
    );
}

/** The metrics that an expression names. */
export function metricsIn(expression: string): string[] {
  return expression.match(/\b(?:skyflo|mcp_server|process|nodejs)_[a-z0-9_]+/g) ?? [];
}
