import { EFFECTS } from '#tools';

/** One list of a rule, as the file has it. */
export interface ListField {
  readonly name: string;
  /** Markdown. */
  readonly description: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** Names that the server knows, of which each entry has to match one. */
  readonly known?: 'tools' | 'categories';
  /** What each entry has to look like, and that in words. */
  readonly format?: { readonly pattern: RegExp; readonly means: string };
}

/** Characters of other pattern languages, which no name in Kubernetes has. */
const NAME_GLOB = /^[^\s,|!{}[\]()^$]*$/;

const aName = {
  pattern: NAME_GLOB,
  means: 'one name, in which * stands for any characters and ? for one',
};

const notEmpty = {
  pattern: /./,
  means: "a text of at least one character, in which '*' stands for any characters",
};

export const WHO_FIELDS: readonly ListField[] = [
  {
    name: 'principals',
    description: 'Ids of principals, as globs: issuer and subject of a token, or the id of a key.',
    format: notEmpty,
  },
  { name: 'groups', description: 'Groups of the principal, as globs.', format: notEmpty },
  { name: 'scopes', description: 'Scopes of the token, as globs.', format: notEmpty },
];

export const WHAT_FIELDS: readonly ListField[] = [
  {
    name: 'categories',
    description: 'Categories of tools, as globs: `k8s`, `argo`, `helm`.',
    known: 'categories',
    format: notEmpty,
  },
  { name: 'tools', description: 'Names of tools, as globs.', known: 'tools', format: notEmpty },
  {
    name: 'effects',
    description: 'What is done. A rule that allows without it allows all effects but `escalate`.',
    choices: EFFECTS,
  },
];

export const WHERE_FIELDS: readonly ListField[] = [
  { name: 'contexts', description: 'Contexts of the kubeconfig, as globs.', format: notEmpty },
  {
    name: 'namespaces',
    description:
      "Namespaces, as globs. `''` stands for objects in no namespace, which no glob matches.",
    format: aName,
  },
  {
    name: 'groups',
    description: "API groups, as globs: `apps`, `*.istio.io`. `''` is the core group.",
    format: aName,
  },
  {
    name: 'kinds',
    description:
      'Kinds or their plurals, as globs. `pods/exec` is one subresource. Case does not matter.',
    format: {
      pattern: /^[^\s,|!{}[\]()^$/]+(\/[^\s,|!{}[\]()^$/]+)?$/,
      means: 'a kind (Deployment), its plural (deployments) or plural/subresource (pods/exec)',
    },
  },
  {
    name: 'names',
    description:
      'Names of objects, as globs. `*` alone also stands for lists and for names that the API server makes.',
    format: { pattern: /^[^\s,|!{}[\]()^$]+$/, means: aName.means },
  },
];

export const SERVICE_ACCOUNTS: ListField = {
  name: 'serviceAccounts',
  description:
    'Service accounts that pods may have besides `default`, as globs of `namespace/name`.',
  format: {
    pattern: /^[^\s,|!{}[\]()^$/]+\/[^\s,|!{}[\]()^$/]+$/,
    means: 'namespace/name, such as shop/web',
  },
};

/** Characters of a name or an entry. */
export const MAX_ENTRY_CHARS = 1_000;
/** Entries of a list. */
export const MAX_ENTRIES = 1_000;
export const MAX_RULES = 1_000;
/** Bytes of a policy file. */
export const MAX_POLICY_BYTES = 1_048_576;
