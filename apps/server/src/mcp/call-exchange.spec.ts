import { describe, expect, it } from 'vitest';
import { asCall } from './call-exchange.js';

const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'k8s_get' } };

describe(asCall.name, () => {
  it.each([
    ['a call', CALL],
    ['an id that is text', { ...CALL, id: 'a' }],
    ['an id of zero', { ...CALL, id: 0 }],
    ['a call with _meta', { ...CALL, params: { ...CALL.params, _meta: { progressToken: 1 } } }],
  ])('takes %s', (_, body) => {
    expect(asCall(body)).toBe(body);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', '{"jsonrpc":'],
    ['a batch', [CALL]],
    ['another method', { ...CALL, method: 'tools/list' }],
    ['a notification', { ...CALL, id: undefined }],
    ['an id that is none', { ...CALL, id: 1.5 }],
    ['another version of JSON-RPC', { ...CALL, jsonrpc: '1.0' }],
    ['no parameters', { ...CALL, params: undefined }],
    ['a list of parameters', { ...CALL, params: ['k8s_get'] }],
    ['a name that is no text', { ...CALL, params: { name: 5 } }],
    ['a _meta that is no object', { ...CALL, params: { ...CALL.params, _meta: 5 } }],
  ])('leaves %s to the SDKs', (_, body) => {
    expect(asCall(body)).toBeUndefined();
  });
});
