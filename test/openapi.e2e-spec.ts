import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChartRepository } from './support/chart-repository.js';
import { ExecutionsApi } from './support/executions.js';
import { execute, readJson, type ListedTool } from './support/rest.js';
import { useServer } from './support/use-server.js';

/** What is read of the document. */
interface OpenApi {
  openapi: string;
  paths: Record<string, { post?: Operation }>;
}

interface Operation {
  operationId: string;
  requestBody: { content: Record<string, { example: Record<string, unknown> }> };
}

const server = useServer({ env: () => ({ HELM_ALLOWED_HOSTS: '127.0.0.1' }) });
const api = new ExecutionsApi(server);
let repository: ChartRepository;
beforeAll(async () => {
  repository = await ChartRepository.start('examples', ['1.0.0']);
});
afterAll(() => repository.stop());

describe('the OpenAPI document', () => {
  it('of a server that lets everybody in says that a login is optional', async () => {
    const { body } = await readJson(`${server.url}/openapi.json`);
    expect(body).toMatchObject({ servers: [{ url: '/' }], security: [{}, { bearer: [] }] });
  });

  it('has an operation for each tool, whose example works', async () => {
    const document = (await readJson(`${server.url}/openapi.json`)).body as unknown as OpenApi;
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths).filter((path) => path.startsWith('/mcp'))).toEqual([]);
    const { body: listed } = await readJson(`${server.url}/engine/v1/tools`);
    for (const { name, category } of listed['tools'] as ListedTool[]) {
      const operation = document.paths[`/engine/v1/tools/${category}/${name}/execute`]?.post;
      expect(operation?.operationId).toBe(name);
      const { example = {} } = operation?.requestBody.content['application/json'] ?? {};
      // Of an execution, an example cannot know the id; the address of a repository is on the
      // internet, which a test does without.
      const own = {
        ...('execution_id' in example && {
          execution_id: await api.start('wait_for_x_seconds', { seconds: 1 }),
        }),
        ...(name === 'helm_repo_add' && { url: repository.url }),
      };
      const args = { ...example, ...own };
      const { status, body } = await execute(server.url, name, args, { category });
      expect([name, status, body.detail]).toEqual([name, 200, undefined]);
    }
  });
});
