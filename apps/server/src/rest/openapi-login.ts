import type { DocumentBuilder } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import type { AuthenticationConfig } from '#access';
import { policyAllowing } from '../http/security-headers.js';

/** The issuer at which people log in from Swagger UI, and what they log in for. */
export interface Login {
  issuer: string;
  publicUrl: string;
}

/** What is ticked when somebody logs in. */
const SCOPES = ['skyflo:read', 'skyflo:write'];

const PAGES = /^\/docs(?:[/?]|$)/;

/** The login of this server, if it has an issuer and knows its own address. */
export function loginOf({ oidc, publicUrl }: AuthenticationConfig): Login | undefined {
  return oidc && publicUrl !== undefined ? { issuer: oidc.issuer, publicUrl } : undefined;
}

/**
 * Names the issuer in the document. Readers take its addresses from its own metadata, so the
 * document can be made while the issuer is away.
 */
export function addLogin(builder: DocumentBuilder, { issuer }: Login): void {
  const openIdConnectUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const description = 'A login at the issuer of this server.';
  builder
    .addSecurity('login', { type: 'openIdConnect', openIdConnectUrl, description })
    .addSecurityRequirements('login');
}

/** What Swagger UI needs for the authorization code flow with PKCE. */
export function loginOptions({ publicUrl }: Login): Record<string, unknown> {
  return {
    oauth2RedirectUrl: `${publicUrl}/docs/oauth2-redirect.html`,
    initOAuth: {
      scopes: SCOPES,
      usePkceWithAuthorizationCodeGrant: true,
      // What the token is for (RFC 8707).
      additionalQueryStringParams: { resource: publicUrl },
    },
  };
}

/**
 * Lets the pages of Swagger UI ask the issuer for its metadata and for a token. Otherwise their
 * policy is that of every answer.
 */
export function letPagesAskIssuer(fastify: FastifyInstance, { issuer }: Login): void {
  const policy = policyAllowing(new URL(issuer).origin);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (PAGES.test(request.url)) void reply.header('content-security-policy', policy);
    done();
  });
}
