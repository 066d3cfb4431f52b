import { Injectable } from '@nestjs/common';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Policy } from '../admin-auth/policy.js';

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

/** Which methods a path has: the router itself answers 404 both for an unknown path and for an unknown method. */
@Injectable()
export class RouteTable {
  private readonly routes = new Map<string, Route>();
  private readonly declarations: RouteOptions[] = [];

  /** To be called before the routes are registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (declaration) => {
      this.declarations.push(declaration);
      const { url, method } = declaration;
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const name of Array.isArray(method) ? method : [method]) route.methods.add(name);
      this.routes.set(url, route);
    });
    // Not earlier: the policy of routes of a plugin is declared by a hook after this one.
    fastify.addHook('onReady', (done) => {
      this.assertPolicies();
      done();
    });
  }

  /** As Fastify has them. */
  get all(): { method: string; url: string; policy: Policy | undefined }[] {
    return this.declarations.flatMap(({ method, url, config }) =>
      [method].flat().map((name) => ({ method: name, url, policy: config?.policy })),
    );
  }

  private assertPolicies(): void {
    const undeclared = this.declarations.filter(({ config }) => config?.policy === undefined);
    if (undeclared.length === 0) return;
    const names = undeclared.map(({ method, url }) => `${String(method)} ${url}`);
    throw new Error(`Routes without a policy, so nobody knows who may use them: ${names.join(', ')}`);
  }

  /** Sorted, for an `Allow` header; empty when there is no such path. */
  methodsOf(path: string): string[] {
    const matching = [...this.routes.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => {
      if (segment === '*') return '.*';
      return segment.startsWith(':') ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}
