import { DatabaseModule } from '#database';
import { JetStreamServer, NatsConnection } from '#messaging';
import { Readiness } from '#observability';
import { Module } from '@nestjs/common';
import { RecordingController } from './recording/recording.controller.js';
import { RecordingService } from './recording/recording.service.js';
import { ReportingController } from './reporting/reporting.controller.js';
import { ReportingService } from './reporting/reporting.service.js';
import { RetentionService } from './retention/retention.service.js';
import { UsageTrackingConfig } from './usage-tracking.config.js';

@Module({
  imports: [
    DatabaseModule.register({ config: UsageTrackingConfig, applicationName: 'usage-tracking', entities: [] }),
  ],
  controllers: [RecordingController, ReportingController],
  providers: [
    RecordingService,
    ReportingService,
    RetentionService,
    {
      provide: JetStreamServer,
      useFactory: createJetStreamServer,
      inject: [NatsConnection, UsageTrackingConfig, Readiness],
    },
  ],
})
export class UsageTrackingModule {}

function createJetStreamServer(
  connection: NatsConnection,
  config: UsageTrackingConfig,
  readiness: Readiness,
): JetStreamServer {
  const { EVENTS_REPLICAS: replicas, EVENTS_MAX_BYTES: maxBytes, EVENTS_PER_FLUSH: batchEvents } = config;
  const options = { service: 'usage-tracking', replicas, maxBytes, batchEvents };
  return new JetStreamServer(connection, options, readiness);
}
