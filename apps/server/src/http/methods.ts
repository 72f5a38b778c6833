import { MethodNotAllowedException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The paths and methods of a route. */
interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

/** What a route declares about itself with Nest's `RouteConfig`. */
export interface RouteNotes {
  /** Its answer is a stream, so it does not answer HEAD. */
  streams?: boolean;
}

/**
 * Answers 405 with `Allow` if a path exists but not with this method (RFC 9110, 15.5.6). It must be
 * called before the routes are added.
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
    // The router also rejects a path for a value in it, such as one that is too long.
    if (methods.size === 0 || methods.has(method)) return done();
    done(notAllowed(reply, method, [...methods]));
  });
}

function notAllowed(reply: FastifyReply, method: string, methods: string[]): Error {
  const allowed = methods.sort().join(', ');
  void reply.header('allow', allowed);
  return new MethodNotAllowedException(`${method} is not a method of this path. Use ${allowed}.`);
}

/** The paths of a route's URL, which may have `:parameters` and a `*` at its end. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/\/$/, '')
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/:[^/]+/g, '[^/]+')
    .replace(/\*$/, '.*');
  return new RegExp(`^${source}/?$`);
}
