import { rolldown } from 'rolldown';

/** Makes a program one file, as this server is one. */
export async function writeBundled(input: string, file: string): Promise<void> {
  const bundle = await rolldown({
    input,
    platform: 'node',
    logLevel: 'silent',
  });
  const output = { format: 'esm', minify: true, keepNames: true, codeSplitting: false } as const;
  await bundle.write({ file, ...output });
  await bundle.close();
}
