import { jest } from '@jest/globals';
import { DomainError, type ErrorCode, type RecordAuditEventRequest } from '#contracts';
import type { MessageBus } from '#messaging';
import { Logger } from '@nestjs/common';
import { register } from 'prom-client';
import { GatewayConfig } from '../gateway.config.js';
import { AuditRecorder } from './audit-recorder.js';

const KINDS = 10;

/** What key-management has taken, and what it says to everything meanwhile. */
let recorded: RecordAuditEventRequest[];
let answer: ErrorCode | 'silence' | undefined;
let recorder: AuditRecorder;

const bus = {
  request: async (_contract: unknown, event: RecordAuditEventRequest) => {
    if (answer === 'silence') await new Promise(() => undefined);
    if (answer !== undefined) throw new DomainError(answer as ErrorCode);
    recorded.push(event);
    return Promise.resolve({});
  },
} as unknown as MessageBus;

beforeAll(() => {
  for (const level of ['warn', 'error'] as const) {
    jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
  }
});

beforeEach(() => {
  register.resetMetrics();
  recorded = [];
  answer = undefined;
  const config = Object.assign(new GatewayConfig(), { MAX_AUDITED_DENIALS: KINDS });
  recorder = new AuditRecorder(bus, config);
});

async function valueOf(metric: 'audit_events_waiting' | 'audit_events_lost_total'): Promise<number> {
  const [value] = (await register.getSingleMetric(metric)?.get())?.values ?? [];
  return value?.value ?? NaN;
}

function deny(detail: string): void {
  recorder.recordDenial({ actor: 'anonymous', sourceAddress: '192.0.2.1', detail });
}

const SIGN_OUT = { action: 'session.signed-out', actor: 'admin-token', sourceAddress: null } as const;
const counted = (): number => recorded.reduce((sum, { count = 1 }) => sum + count, 0);

it('keeps denials while key-management is away: few of them, and not one is lost', async () => {
  answer = 'UNAVAILABLE';
  for (let i = 0; i < 100_000; i += 1) deny(`kind ${String(i % 1_000)}`);
  expect(await valueOf('audit_events_waiting')).toBe(KINDS + 1);
  answer = undefined;
  await recorder.onApplicationShutdown();
  expect(recorded.length).toBeLessThanOrEqual(2 * (KINDS + 1));
  expect(counted()).toBe(100_000);
  expect(await valueOf('audit_events_waiting')).toBe(0);
  expect(await valueOf('audit_events_lost_total')).toBe(0);
});

it('keeps sign-outs while key-management is away, up to a limit, and counts those beyond', async () => {
  answer = 'UNAVAILABLE';
  for (let i = 0; i < 1_007; i += 1) await recorder.recordOrKeep(SIGN_OUT);
  expect(await valueOf('audit_events_lost_total')).toBe(7);
  answer = undefined;
  await recorder.onApplicationShutdown();
  expect(recorded).toHaveLength(1_000);
});

it('fails a sign-in that cannot be recorded', async () => {
  answer = 'UNAVAILABLE';
  await expect(recorder.record({ ...SIGN_OUT, action: 'session.signed-in' })).rejects.toMatchObject({
    code: answer,
  });
  await recorder.onApplicationShutdown();
  expect(await valueOf('audit_events_lost_total')).toBe(0);
});

it('is not held up by an event that key-management refuses, and counts it as lost', async () => {
  answer = 'INVALID_REQUEST';
  deny('refused');
  await recorder.recordOrKeep(SIGN_OUT);
  answer = undefined;
  deny('taken');
  await recorder.onApplicationShutdown();
  expect(recorded.map(({ detail }) => detail)).toEqual(['taken']);
  expect(await valueOf('audit_events_lost_total')).toBe(2);
});

it.each(['UNAVAILABLE', 'silence'] as const)(
  'ends within the grace of a shutdown although key-management answers %s, and counts what is lost',
  async (said) => {
    answer = said;
    for (let i = 0; i < 20; i += 1) deny('kind');
    await recorder.onApplicationShutdown();
    expect(recorded).toEqual([]);
    expect(await valueOf('audit_events_lost_total')).toBe(20);
  },
);
