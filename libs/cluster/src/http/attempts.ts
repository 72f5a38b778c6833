import type { Dispatcher } from 'undici';
import { apiError, isNotOfServer, pauseMsOf } from './api-error.js';
import type { Answer } from './exchange.js';
import type { Connection } from './connection/connection.js';
import type { ConnectionPools } from './connection/connection-pools.js';
import type { Deadline } from './deadline.js';
import { measured } from './request-metrics.js';
import { isChange, isRead, type RequestOptions } from './request-options.js';
import { isDeadSocket, isRefused, ofUnknownOutcome } from './transport-error.js';

const REFUSED_PAUSE_MS = 50;

/** What becomes of a request that was sent once. */
type Perform<T> = (dispatch: Dispatcher.DispatchOptions) => Promise<Answer | T>;

/** Sends a request, and once more where that is safe. */
export class Attempts {
  constructor(
    private readonly connection: Connection,
    private readonly pools: ConnectionPools,
  ) {}

  /**
   * Waits when the API server asks for it, goes over to another connection once, and renews the
   * credentials once.
   * @param read whether the request may be sent again after it was lost
   * @throws ToolError of the deadline, and as `apiError` says; whatever `perform` throws
   */
  async make<T extends { status: number; headers: Answer['headers'] }>(
    path: string,
    options: RequestOptions,
    deadline: Deadline,
    perform: Perform<T>,
    read = isRead(options),
  ): Promise<T> {
    let reconnected = false;
    let renewed = false;
    for (;;) {
      if (deadline.ended) throw deadline.ended;
      const connected = this.pools.connect();
      if (connected) await deadline.race(connected);
      const dispatch = this.pools.request(path, options);
      let answer: Answer | T;
      try {
        const ready = dispatch instanceof Promise ? await deadline.race(dispatch) : dispatch;
        answer = await measured(perform(ready), this.connection.name, options);
      } catch (error) {
        const again = isRefused(error) || (isDeadSocket(error) && read);
        if (reconnected || !again) throw error;
        reconnected = true;
        options.span?.resend('connection lost');
        if (isRefused(error)) await deadline.sleep(REFUSED_PAUSE_MS);
        continue;
      }
      options.span?.status(answer.status);
      if (answer.status < 400) return answer as T;
      const pauseMs = options.waits === false ? Infinity : pauseMsOf(answer, read);
      if (pauseMs < deadline.remainingMs) {
        options.span?.resend('asked to wait', pauseMs);
        await deadline.sleep(pauseMs);
      } else if (answer.status === 401 && !renewed && this.connection.renew()) {
        renewed = true;
        options.span?.resend('credentials renewed');
      } else if (options.anyStatus) {
        return answer as T;
      } else {
        const failure = apiError(answer as Answer, this.connection, read);
        throw isChange(options) && isNotOfServer(failure, answer as Answer)
          ? ofUnknownOutcome(failure)
          : failure;
      }
    }
  }
}
