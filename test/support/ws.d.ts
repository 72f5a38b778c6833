/** What the tests use of the WebSocket server `ws`. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, Server } from 'node:http';

  export interface WebSocket extends EventEmitter {
    readonly protocol: string;
    readonly readyState: number;
    send(data: Uint8Array, done?: () => void): void;
    close(code?: number): void;
    terminate(): void;
    on(event: 'message', listener: (data: Buffer) => void): this;
    on(event: 'close', listener: () => void): this;
  }

  export class WebSocketServer extends EventEmitter {
    readonly clients: Set<WebSocket>;
    constructor(options: {
      server: Server;
      handleProtocols?: (protocols: Set<string>) => string | false;
      verifyClient?: (info: { req: IncomingMessage }) => boolean;
    });
    on(event: 'connection', listener: (socket: WebSocket, request: IncomingMessage) => void): this;
  }
}
