import { type DynamicModule, type FactoryProvider, Module, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { ApiKeyGate, type ApiKeyGateOptions } from './gate.js';

export interface TraylinxModuleAsyncOptions {
  imports?: NonNullable<ModuleMetadata['imports']>;
  inject?: NonNullable<FactoryProvider['inject']>;
  useFactory: (...dependencies: never[]) => ApiKeyGateOptions | Promise<ApiKeyGateOptions>;
}

/**
 * Puts the guard before every route of the application: `imports: [TraylinxModule.forRoot()]`. What is to be open says so
 * with `@Public()`.
 */
@Module({})
export class TraylinxModule {
  static forRoot(options: ApiKeyGateOptions = {}): DynamicModule {
    return withGate({ provide: ApiKeyGate, useFactory: () => new ApiKeyGate(options) });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: TraylinxModuleAsyncOptions): DynamicModule {
    const create = async (...dependencies: never[]): Promise<ApiKeyGate> =>
      new ApiKeyGate(await useFactory(...dependencies));
    return { ...withGate({ provide: ApiKeyGate, inject, useFactory: create }), imports };
  }
}

function withGate(gate: FactoryProvider): DynamicModule {
  return {
    module: TraylinxModule,
    providers: [gate, { provide: APP_GUARD, useClass: ApiKeyGuard }],
    exports: [ApiKeyGate],
  };
}
