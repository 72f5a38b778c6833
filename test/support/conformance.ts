/*
 * What is asked of this server by the public conformance suite, which drives Streamable HTTP and no
 * other transport.
 */

const SESSIONS = [
  'server-initialize',
  'server-session-lifecycle',
  'logging-set-level',
  'ping',
  'tools-list',
];

/** The scenarios that pass, by the version of the protocol. */
export const PASSES: Record<string, readonly string[]> = {
  '2025-03-26': ['server-session-lifecycle'],
  '2025-06-18': SESSIONS,
  '2025-11-25': [...SESSIONS, 'server-sse-multiple-streams', 'dns-rebinding-protection'],
  '2026-07-28': [
    'server-stateless',
    'tools-list',
    'server-sse-multiple-streams',
    'dns-rebinding-protection',
    'caching',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    // Its tool is unknown here, which is an error, and that is all that it asks for.
    'input-required-result-validate-input',
  ],
};

/** Checks of those scenarios that ask for what only the reference server has. */
export const FOREIGN_CHECKS: Readonly<Record<string, readonly string[]>> = {
  // Tools such as test_missing_capability. Here they are unknown, which is an error. One of them
  // changes the list of tools: mcp-list-changed.e2e-spec.ts has what changes it here.
  'server-stateless': [
    'sep-2575-http-server-no-independent-requests-on-stream',
    'sep-2575-missing-capability-http-400',
    'sep-2575-server-no-log-without-loglevel',
    'sep-2575-server-rejects-undeclared-capability',
    'sep-2575-server-sends-tools-list-changed-on-subscription',
  ],
  // Prompts and resources.
  caching: [
    'sep-2549-prompts-list-caching-hints',
    'sep-2549-resources-list-caching-hints',
    'sep-2549-resources-templates-list-caching-hints',
  ],
};

/** The scenarios that do not apply, by the reason. */
export const NOT_APPLICABLE: Readonly<Record<string, readonly string[]>> = {
  'They call tools of the reference server, such as test_simple_text.': [
    'tools-call-simple-text',
    'tools-call-image',
    'tools-call-audio',
    'tools-call-embedded-resource',
    'tools-call-mixed-content',
    'tools-call-with-logging',
    'tools-call-error',
    'tools-call-with-progress',
    'json-schema-2020-12',
    'server-sse-polling',
    'http-custom-header-server-validation',
  ],
  'They call tools of the reference server that ask the client back. No tool here does.': [
    'tools-call-sampling',
    'tools-call-elicitation',
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
    'input-required-result-basic-elicitation',
    'input-required-result-basic-sampling',
    'input-required-result-basic-list-roots',
    'input-required-result-request-state',
    'input-required-result-multiple-input-requests',
    'input-required-result-multi-round',
    'input-required-result-missing-input-response',
    'input-required-result-non-tool-request',
    'input-required-result-result-type',
    'input-required-result-tampered-state',
    'input-required-result-capability-check',
    'input-required-result-ignore-extra-params',
  ],
  'They are for servers that have resources.': [
    'resources-list',
    'resources-read-text',
    'resources-read-binary',
    'resources-templates-read',
    'resources-subscribe',
    'resources-unsubscribe',
    'sep-2164-resource-not-found',
  ],
  'They are for servers that have prompts.': [
    'prompts-list',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-embedded-resource',
    'prompts-get-with-image',
  ],
  'It is for servers that complete arguments of prompts and resources.': ['completion-complete'],
  'They are for the extension io.modelcontextprotocol/tasks of 2026-07-28.': [
    'tasks-lifecycle',
    'tasks-capability-negotiation',
    'tasks-wire-fields',
    'tasks-request-state-removal',
    'tasks-mrtr-input',
    'tasks-request-headers',
    'tasks-dispatch-and-envelope',
    'tasks-status-notifications',
    'tasks-required-task-error',
    'tasks-mrtr-composition',
  ],
  'They are for the extension io.modelcontextprotocol/skills.': [
    'sep-2640-skills-directory',
    'sep-2640-skills-enumeration',
    'sep-2640-skills-manifest',
  ],
};
