import { Injectable, Logger } from '@nestjs/common';
import { effectOf, readApiRequest, type ApiRequest, type SentRequest } from './api-request.js';
import { callScope } from './gate-call.js';
import { countAllowed, countRefused } from './gate-metrics.js';
import {
  isWrite,
  type GateOutcome,
  type GatePart,
  type GateRequest,
  type IdentityHeaders,
} from './gate-part.js';

/** For whom a request is. */
export interface Identity {
  readonly headers: IdentityHeaders;
  /** The same for requests that may share an answer. */
  readonly key: string;
}

/** A request that may be made. */
export interface Admission {
  /** Undefined where the context says for whom it is. */
  readonly identity: Identity | undefined;
  /** What it asks. */
  readonly request: ApiRequest;
  /** Tells what became of the request. Only the first outcome counts. */
  readonly leave: (outcome: GateOutcome) => Promise<void>;
}

/**
 * The one way to the API servers. Every request passes it, whoever makes it: this server itself, or
 * a program through the `GateListener`. Its parts decide on each request, say for whom it is, and
 * record it.
 */
@Injectable()
export class Gate {
  private readonly logger = new Logger(Gate.name);
  private parts: readonly GatePart[] = [];

  /** Whether no part stands in it: then nothing need be asked. */
  get isOpen(): boolean {
    return this.parts.length === 0;
  }

  /** Puts parts in place of those that it has. */
  use(parts: readonly GatePart[]): void {
    this.parts = parts;
  }

  /**
   * Lets a request in.
   * @param context the name of the kubeconfig context
   * @param rehearse as `GateRequest.rehearse`
   * @throws ToolError `invalid_input` for a request that cannot be read exactly; what a part
   * refuses it with
   */
  // Every request comes here, so nothing is awaited that is no promise.
  async enter(
    context: string,
    sent: SentRequest,
    rehearse: GateRequest['rehearse'],
  ): Promise<Admission> {
    const asked = readCounted(sent);
    const request: GateRequest = {
      ...asked,
      context,
      body: sent.body,
      effect: effectOf(asked),
      call: callScope.getStore(),
      rehearse,
    };
    try {
      for (const part of this.parts) {
        const decided = part.decide?.(request);
        if (decided) await decided;
      }
      const identity = this.identityOf(request);
      for (const part of this.parts) {
        const ready = part.before?.(request);
        if (ready) await ready;
      }
      if (isWrite(request)) await request.call?.remembered;
      countAllowed(request.effect);
      return { identity, request: asked, leave: this.leaving(request) };
    } catch (error) {
      countRefused(error, request.effect);
      await this.tell(request, { state: 'refused', error });
      throw error;
    }
  }

  private identityOf(request: GateRequest): Identity | undefined {
    const all = this.parts
      .map((part) => part.identity?.(request))
      .filter((headers) => headers !== undefined);
    if (all.length === 0) return undefined;
    const headers = Object.assign({}, ...all) as IdentityHeaders;
    return { headers, key: JSON.stringify([request.call?.principal?.id, headers]) };
  }

  private leaving(request: GateRequest): Admission['leave'] {
    let hasLeft = false;
    return async (outcome) => {
      if (hasLeft) return;
      hasLeft = true;
      await this.tell(request, outcome);
    };
  }

  /** A part that fails here cannot undo the request: its failure is only logged. */
  private async tell(request: GateRequest, outcome: GateOutcome): Promise<void> {
    for (const part of this.parts) {
      try {
        const recorded = part.after?.(request, outcome);
        if (recorded) await recorded;
      } catch (err) {
        this.logger.error({ msg: 'outcome not recorded', state: outcome.state, err });
      }
    }
  }
}

function readCounted(sent: SentRequest): ApiRequest {
  try {
    return readApiRequest(sent);
  } catch (error) {
    countRefused(error);
    throw error;
  }
}
