import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AuditModule } from './audit/index.js';
import {
  authenticationConfig,
  Authenticator,
  type AuthenticationConfig,
} from './authentication/index.js';
import { identityConfig } from './identity/identity.config.js';
import { IdentityPart } from './identity/identity.part.js';
import { Policies } from './policies.js';
import { PolicyPart } from './policy.part.js';
import { PolicyInterceptor } from './policy.interceptor.js';
import { policyConfig } from './policy/index.js';

/** Who may do what. */
@Global()
@Module({
  imports: [
    AuditModule,
    ConfigModule.forFeature(authenticationConfig),
    ConfigModule.forFeature(identityConfig),
    ConfigModule.forFeature(policyConfig),
  ],
  providers: [
    {
      provide: Authenticator,
      inject: [authenticationConfig.KEY],
      useFactory: (config: AuthenticationConfig) => Authenticator.start(config),
    },
    IdentityPart,
    Policies,
    PolicyInterceptor,
    PolicyPart,
  ],
  exports: [AuditModule, Authenticator, Policies, ConfigModule],
})
export class AccessModule {}
