import { isScalar, type Node } from 'yaml';
import { nearestHint, nearestNames } from '#cluster';
import { matchAny } from './glob.js';
import type { Policy, Rule, What, Where, Who } from './policy.js';
import { PolicyDocument, type Field } from './policy-document.js';
import {
  MAX_ENTRIES,
  MAX_ENTRY_CHARS,
  MAX_POLICY_BYTES,
  MAX_RULES,
  SERVICE_ACCOUNTS,
  WHAT_FIELDS,
  WHERE_FIELDS,
  WHO_FIELDS,
  type ListField,
} from './policy-fields.js';
import { PolicyError } from './policy.error.js';
import { isReadyPolicy, READY_POLICIES, readyRule, type ReadyPolicy } from './ready-policies.js';

/** The names that a policy may use: those of the tools of this server. */
export interface KnownNames {
  readonly tools: readonly string[];
  readonly categories: readonly string[];
}

const POLICY_FIELDS = ['use', SERVICE_ACCOUNTS.name, 'rules'];
const RULE_FIELDS = ['name', 'who', 'allow', 'deny', 'use', 'where'];
const VERDICTS = ['allow', 'deny', 'use'];

/**
 * Reads a policy file.
 * @param source how the file is called in messages
 * @throws PolicyError with all that is wrong in it, each with its place and what would be right
 */
export function readPolicy(text: string, source: string, known: KnownNames): Policy {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    const message = `The policy is larger than ${MAX_POLICY_BYTES} bytes.`;
    throw new PolicyError(source, [{ line: 1, column: 1, message }]);
  }
  const document = new PolicyDocument(source, text);
  const policy = new PolicyReader(document, known).policy();
  document.throwFaults();
  return policy;
}

class PolicyReader {
  private readonly names = new Set<string>();

  constructor(
    private readonly document: PolicyDocument,
    private readonly known: KnownNames,
  ) {}

  policy(): Policy {
    const { root } = this.document;
    const fields = this.document.fields(root, 'The policy', POLICY_FIELDS);
    const byName = new Map(fields?.map((field) => [field.name, field]));
    const use = byName.get('use');
    const own = byName.get('rules');
    if (fields && !use && !own) {
      const message = `The policy has no rules. Add rules, or "use" with ${READY_POLICIES.join(' or ')}.`;
      this.document.add(root, message);
    }
    const ready = use && this.ready(use.value ?? use.key);
    if (ready) this.names.add(ready);
    const rules = own ? this.items(own, 'rules', MAX_RULES).flatMap((item) => this.rule(item)) : [];
    const accounts = byName.get(SERVICE_ACCOUNTS.name);
    return {
      rules: ready ? [readyRule(ready), ...rules] : rules,
      serviceAccounts: accounts ? this.list(accounts, SERVICE_ACCOUNTS) : [],
    };
  }

  private rule(node: Node | null): Rule[] {
    const fields = this.document.fields(node, 'A rule', RULE_FIELDS);
    if (!fields) return [];
    const byName = new Map(fields.map((field) => [field.name, field]));
    const name = this.name(byName.get('name'), node);
    const who = this.lists(byName.get('who'), WHO_FIELDS) as Who;
    const where = this.lists(byName.get('where'), WHERE_FIELDS) as Where;
    const verdicts = fields.filter((field) => VERDICTS.includes(field.name));
    const [verdict] = verdicts;
    if (!verdict || verdicts.length > 1) {
      this.document.add(verdicts[1]?.key ?? node, 'A rule has to have one of allow, deny and use.');
      return [];
    }
    if (verdict.name === 'use') {
      const ready = this.ready(verdict.value ?? verdict.key);
      return ready ? [readyRule(ready, { name, who, where })] : [];
    }
    return [{ name, allows: verdict.name === 'allow', who, what: this.what(verdict), where }];
  }

  private name(field: Field | undefined, rule: Node | null): string {
    if (!field) {
      this.document.add(rule, 'A rule has to have a name, which answers and the audit give.');
      return '';
    }
    const at = field.value ?? field.key;
    const name = this.document.text(at, 'name', MAX_ENTRY_CHARS) ?? '';
    if (name.trim() === '') this.document.add(at, 'The name of a rule has to be a text.');
    if (this.names.has(name)) this.document.add(at, `There is a rule "${name}" already.`);
    this.names.add(name);
    return name;
  }

  private ready(node: Node): ReadyPolicy | undefined {
    const name = this.document.text(node, 'use', MAX_ENTRY_CHARS);
    if (name === undefined || isReadyPolicy(name)) return name;
    const nearest = nearestHint(nearestNames(name, READY_POLICIES));
    const message = `There is no ready policy "${name}". There are ${READY_POLICIES.join(', ')}.`;
    this.document.add(node, message + nearest);
    return undefined;
  }

  private what(field: Field): What {
    const node = field.value && this.document.resolve(field.value);
    if (isScalar(node) && node.value === 'all') return {};
    return this.lists(field, WHAT_FIELDS, '"all" or ');
  }

  private lists(
    field: Field | undefined,
    known: readonly ListField[],
    otherwise = '',
  ): Record<string, readonly string[]> {
    if (!field) return {};
    const names = known.map(({ name }) => name);
    const fields = this.document.fields(field.value ?? field.key, field.name, names, otherwise);
    return Object.fromEntries(
      (fields ?? []).map((one) => {
        const list = known.find(({ name }) => name === one.name)!;
        return [one.name, this.list(one, list)];
      }),
    );
  }

  private list(field: Field, list: ListField): string[] {
    return this.items(field, list.name, MAX_ENTRIES).flatMap((node) => {
      const entry = this.document.text(node, `An entry of ${list.name}`, MAX_ENTRY_CHARS);
      if (entry === undefined) return [];
      const fault = this.faultOf(entry, list);
      if (fault === undefined) return [entry];
      this.document.add(node, fault);
      return [];
    });
  }

  private items({ key, value }: Field, what: string, most: number): Node[] {
    const items = this.document.entries(value ?? key, what, most) ?? [];
    return items.map((item) => item ?? value ?? key);
  }

  private faultOf(entry: string, { name, choices, known, format }: ListField): string | undefined {
    if (choices && !choices.includes(entry)) {
      const nearest = nearestHint(nearestNames(entry, choices));
      return `There is no "${entry}" in ${name}. There are ${choices.join(', ')}.${nearest}`;
    }
    if (format && !format.pattern.test(entry)) {
      return `"${entry}" in ${name} has to be ${format.means}.`;
    }
    if (!known || this.known[known].some(matchAny([entry]))) return undefined;
    const nearest = nearestHint(nearestNames(entry, this.known[known]));
    const kind = known === 'tools' ? 'tool' : 'category';
    return `No ${kind} of this server matches "${entry}".${nearest}`;
  }
}
