import { Database } from '#database';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecordingService } from '../src/recording/recording.service.js';
import { UsageTrackingConfig } from '../src/usage-tracking.config.js';

/** Longer than allowed, so that tests may name days, and be as good in years. */
const FOR_EVER_DAYS = 365_000;

/** The recording of one replica, on connections of its own and as the role of the service. */
export class Recorder {
  private constructor(
    private readonly dataSource: DataSource,
    readonly service: RecordingService,
  ) {}

  static async connect(url: string, { retentionDays = FOR_EVER_DAYS } = {}): Promise<Recorder> {
    Logger.overrideLogger(false);
    const dataSource = new DataSource({ type: 'postgres', url, installExtensions: false });
    await dataSource.initialize();
    const config = Object.assign(new UsageTrackingConfig(), { DAILY_RETENTION_DAYS: retentionDays });
    return new Recorder(dataSource, new RecordingService(new Database(dataSource), config));
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}
