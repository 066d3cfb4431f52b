import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { BarPlot } from '../../ui/bar-plot.js';
import { useNow } from '../../ui/clock.js';
import { ProblemPanel } from '../../ui/problem-panel.js';
import { SkeletonRows } from '../../ui/skeleton-rows.js';
import { useApiKeyUsage } from '../use-api-keys.js';
import { dailyBars, hourlyBars } from './usage-series.js';
import classes from './key-page.module.css';

export function UsagePlots({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const usage = useApiKeyUsage(apiKey);
  const now = useNow();
  if (usage.isPending) return <SkeletonRows label="Loading uses" />;
  if (usage.data === undefined) {
    return (
      <ProblemPanel
        title="The uses cannot be shown"
        error={usage.error}
        onRetry={() => void usage.refetch()}
      />
    );
  }
  return (
    <div className={classes['plots']}>
      <BarPlot
        title="Uses per day"
        bars={dailyBars(usage.data, now)}
        ticks={['90 days ago', '45 days ago', 'today']}
      />
      <BarPlot title="Uses per hour" bars={hourlyBars(usage.data, now)} ticks={['7 days ago', 'now']} />
    </div>
  );
}
