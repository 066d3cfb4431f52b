import { Database } from '#database';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RecordingService } from '../src/recording/recording.service.js';

/** The recording of one replica, on connections of its own and as the role of the service. */
export class Recorder {
  private constructor(
    private readonly dataSource: DataSource,
    readonly service: RecordingService,
  ) {}

  static async connect(url: string): Promise<Recorder> {
    Logger.overrideLogger(false);
    const dataSource = new DataSource({ type: 'postgres', url, installExtensions: false });
    await dataSource.initialize();
    return new Recorder(dataSource, new RecordingService(new Database(dataSource)));
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}
