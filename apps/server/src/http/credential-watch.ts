import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Authenticator } from '#access';
import { ToolError } from '#tools';
import { serverConfig, type ServerConfig } from '../server.config.js';
import { principalOf } from './authentication.js';

/** Milliseconds that a credential may have ended before its streams do. */
const LOOK_EVERY_MS = 2_000;

/** Why an open stream ends before what it shows. */
export const CREDENTIAL_ENDED = 'The credential of this stream has ended.';

/**
 * Looks again and again at the credentials of the requests whose answers are open streams. A
 * request is authenticated when it comes, and its stream may outlive a token or a key.
 */
@Injectable()
export class CredentialWatch implements BeforeApplicationShutdown {
  private readonly watched = new Set<{ request: IncomingMessage; onEnd: () => void }>();
  private readonly timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  private readonly isUnixSocket: boolean;

  constructor(
    private readonly authenticator: Authenticator,
    @Inject(serverConfig.KEY) { socketPath }: ServerConfig,
  ) {
    this.isUnixSocket = socketPath !== undefined;
  }

  /**
   * Calls `onEnd` once when the credential of a request has ended, or is withdrawn.
   * @returns a function that stops watching
   */
  watch(request: IncomingMessage, onEnd: () => void): () => void {
    const { isAnonymous = false } = principalOf(request);
    if (isAnonymous) return () => {};
    const one = { request, onEnd };
    this.watched.add(one);
    return () => this.watched.delete(one);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const one of this.watched) {
      void this.hasEnded(one.request).then((hasEnded) => {
        if (hasEnded && this.watched.delete(one)) one.onEnd();
      });
    }
  }

  private async hasEnded({ headers, socket }: IncomingMessage): Promise<boolean> {
    const { authenticator, isUnixSocket } = this;
    try {
      await authenticator.authenticate({ headers, socket, isUnixSocket });
      return false;
    } catch (error) {
      // While its issuer is away, nobody knows, and the stream goes on.
      return error instanceof ToolError && error.code === 'unauthenticated';
    }
  }
}
