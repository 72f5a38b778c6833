/** Texts that could become a flag, a path, another name or a command. */
export const EVIL_TEXTS: readonly string[] = [
  'n --all',
  '-A',
  '--kubeconfig=/etc/passwd',
  '../x',
  'a/../../b',
  '%2e%2e%2fx',
  'a'.repeat(300),
  'naïve',
  '名前',
  'a\nb',
  'a\u0000b',
  '$(id)',
  '; rm -rf /',
  '',
  ' ',
];

/** What is published of a text parameter. */
export interface TextSchema {
  pattern?: string;
  enum?: readonly string[];
}

/**
 * Whether a text may be harmless: free text, an optional parameter that counts as not given, a long
 * word within the rule (images).
 */
export function canPass(value: string, { pattern, enum: choices }: TextSchema): boolean {
  const isFree = !pattern && !choices;
  const isWord = /^a+$/.test(value) && new RegExp(pattern ?? '^$').test(value);
  return isFree || isWord || value.trim() === '';
}

/**
 * Whether a text is for more than the reading of parameters to refuse: for the tool, or for the API
 * server, which reads a label selector.
 */
export function isForTheTool(value: string, { pattern, enum: choices }: TextSchema): boolean {
  const isWithin = !choices && pattern !== undefined && new RegExp(pattern).test(value);
  return canPass(value, { pattern, enum: choices }) || isWithin;
}
