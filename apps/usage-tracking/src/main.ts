import { JetStreamServer, startService } from '#messaging';
import { UsageTrackingConfig } from './usage-tracking.config.js';
import { UsageTrackingModule } from './usage-tracking.module.js';

await startService({
  name: 'usage-tracking',
  config: UsageTrackingConfig,
  module: UsageTrackingModule,
  strategies: [JetStreamServer],
});
