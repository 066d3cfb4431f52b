import { RouteConfig } from '@nestjs/platform-fastify';

/**
 * Who may use a route. Every route declares one; the gateway does not start while one declares none.
 *
 * - `everyone`: nobody is asked who they are.
 * - `key-holder`: for whoever holds an API key, which the handler verifies.
 * - `platform-service`: for whoever holds a service token, when there are any, else everyone.
 * - `signed-in`: every admin identity, whatever its roles.
 * - `viewer`: whoever may see something; the handler answers with what they may see.
 * - `admin`: who may do everything, in all projects.
 * - `project-viewer`, `project-admin`: by their role in the project of the path. To whom may not see it, it does not exist.
 */
export const POLICIES = [
  'everyone',
  'key-holder',
  'platform-service',
  'signed-in',
  'viewer',
  'admin',
  'project-viewer',
  'project-admin',
] as const;

export type Policy = (typeof POLICIES)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy;
  }
}

/** Declares the policy of one route of a controller. */
export const Allow = (policy: Policy): MethodDecorator => RouteConfig({ policy });
