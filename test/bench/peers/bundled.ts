import { rolldown } from 'rolldown';

/** Optional packages that Nest asks for and that are not installed. */
const NOT_INSTALLED = [
  /^@nestjs\/(microservices|websockets|platform-express)/,
  /^@fastify\/(multipart|view)$/,
  /^class-transformer/,
];

/** Makes a program one file, as this server is one. */
export async function writeBundled(input: string, file: string): Promise<void> {
  const bundle = await rolldown({
    input,
    platform: 'node',
    external: NOT_INSTALLED,
    logLevel: 'silent',
  });
  const output = { format: 'esm', minify: true, keepNames: true, codeSplitting: false } as const;
  await bundle.write({ file, ...output });
  await bundle.close();
}
