import type { ConfigFile, FileValueType } from './config-file.js';

/** A value that was given for a setting. */
export interface GivenValue {
  readonly text: string;
  /** Where it was given: "environment", or the file and its line. */
  readonly from: string;
  /** What it is in the file. The environment has texts only. */
  readonly type?: FileValueType;
}

/** Variables that other programs and libraries read too, or that the platform sets. */
const PLATFORM = /^(KUBECONFIG|KUBERNETES_.*|OTEL_.*|XDG_.*|(HTTPS?|NO)_PROXY|PATH|CONFIG_FILE)$/i;

let file: ConfigFile = new Map();
let overrides: Readonly<Record<string, string>> = {};

/** Makes the values of a file count for the settings that the environment does not have. */
export function useConfigFile(values: ConfigFile): void {
  file = values;
}

/**
 * Sets settings for commands that use a part of the server without what belongs to a running one.
 * They go before what is given. An empty text stands for a setting that is not given.
 */
export function overrideSettings(values: Readonly<Record<string, string>>): void {
  overrides = values;
}

/** Whether a setting is given by the environment only. */
export function isOfPlatform(name: string): boolean {
  return PLATFORM.test(name);
}

/** The value that counts for a setting. Undefined if there is none; an empty one is none. */
export function givenValue(name: string): GivenValue | undefined {
  const set = overrides[name];
  if (set !== undefined) return set === '' ? undefined : { text: set, from: 'this command' };
  const variable = process.env[name];
  if (variable !== undefined && variable !== '') return { text: variable, from: 'environment' };
  const value = isOfPlatform(name) ? undefined : file.get(name);
  if (value === undefined || (value.type === 'text' && value.text === '')) return undefined;
  return { text: value.text, from: value.place, type: value.type };
}

/** The names that the file has, and where. */
export function namesInFile(): { name: string; place: string }[] {
  return [...file].map(([name, { place }]) => ({ name, place }));
}
