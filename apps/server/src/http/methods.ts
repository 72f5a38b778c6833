import { MethodNotAllowedException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The methods of a route, and which paths are its. */
interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

/** What a route says of itself, with Nest's `RouteConfig`. */
export interface RouteNotes {
  /** It writes its answer as it comes, so that there is no head of it alone. */
  streams?: boolean;
}

/**
 * Answers 405 with `Allow` where the path is right and the method is not (RFC 9110, 15.5.6). To be
 * called before there are routes.
 */
export function refuseOtherMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, Route>();
  fastify.addHook('onRoute', ({ url, method, config }) => {
    const { streams } = (config ?? {}) as RouteNotes;
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const one of [method].flat()) if (one !== 'HEAD' || !streams) route.methods.add(one);
    routes.set(url, route);
  });

  fastify.addHook('onRequest', ({ is404, method, url, routeOptions }, reply, done) => {
    const { streams } = routeOptions.config as RouteNotes;
    if (!is404 && !(streams && method === 'HEAD')) return done();
    const [path = ''] = url.split('?', 1);
    const fitting = [...routes.values()].filter(({ pattern }) => pattern.test(path));
    const methods = new Set(fitting.flatMap((route) => [...route.methods]));
    // A path may also be unknown for what stands in it.
    if (methods.size === 0 || methods.has(method)) return done();
    done(notAllowed(reply, method, [...methods]));
  });
}

function notAllowed(reply: FastifyReply, method: string, methods: string[]): Error {
  const allowed = methods.sort().join(', ');
  void reply.header('allow', allowed);
  return new MethodNotAllowedException(`${method} is not a method of this path: use ${allowed}.`);
}

/** Which paths a route's URL, with `:parameters` or a `*` at its end, stands for. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/\/$/, '')
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/:[^/]+/g, '[^/]+')
    .replace(/\*$/, '.*');
  return new RegExp(`^${source}/?$`);
}
