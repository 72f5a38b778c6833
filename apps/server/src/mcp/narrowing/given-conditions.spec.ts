import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { conditionsOf } from './given-conditions.js';

function conditionsAt(url: string, headers: Record<string, string> = {}) {
  return conditionsOf({ url, headers } as unknown as IncomingMessage);
}

describe(conditionsOf.name, () => {
  it('finds nothing where nothing is given', () => {
    expect(conditionsAt('/mcp')).toEqual([]);
    expect(conditionsAt('/messages?sessionId=1', { accept: '*/*' })).toEqual([]);
  });

  it('reads the query and the headers, as they are written', () => {
    const headers = { 'skyflo-tools': 'k8s_get, k8s_logs' };
    expect(conditionsAt('/mcp?categories=k8s%2Chelm&read_only=true', headers)).toEqual([
      { name: 'categories', text: 'categories=k8s,helm', entries: ['k8s', 'helm'] },
      { name: 'read_only', text: 'read_only=true', entries: ['true'] },
      { name: 'tools', text: 'Skyflo-Tools: k8s_get,k8s_logs', entries: ['k8s_get', 'k8s_logs'] },
    ]);
  });

  it('joins the values of a parameter that stands more than once', () => {
    expect(conditionsAt('/mcp?tools=k8s_get&tools=k8s_logs')).toMatchObject([
      { entries: ['k8s_get', 'k8s_logs'] },
    ]);
  });

  it('takes blank values for none', () => {
    const headers = { 'skyflo-read-only': ' ', 'skyflo-categories': ' , ' };
    expect(conditionsAt('/mcp?categories=&read_only&tools=%20,', headers)).toEqual([]);
  });

  it.each([
    ['/mcp?readonly=true', {}, 'query parameter "readonly". Nearest: read_only.'],
    ['/mcp?category=k8s', {}, 'query parameter "category". Nearest: categories.'],
    ['/mcp?tool=k8s_get', {}, 'query parameter "tool". Nearest: tools.'],
    ['/mcp', { 'skyflo-readonly': '1' }, 'header "skyflo-readonly". Nearest: Skyflo-Read-Only.'],
  ])('refuses %s %o, which is almost a condition', (url, headers, message) => {
    expect(() => conditionsAt(url, headers)).toThrow(`There is no ${message}`);
  });

  it('lets other parameters and headers be', () => {
    expect(conditionsAt('/mcp?token=1&config=x', { 'skyflo-token': '1' })).toEqual([]);
  });
});
