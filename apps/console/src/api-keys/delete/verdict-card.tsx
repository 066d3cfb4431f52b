import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useNow } from '../../ui/clock.js';
import { Notice } from '../../ui/notice.js';
import { exactTime } from '../../ui/time-text.js';
import { Time } from '../../ui/time.js';
import { verdictOf } from '../key-state.js';
import classes from './delete.module.css';

/** "Safe to delete?", with the counts that it rests on, and how complete they are. */
export function VerdictCard({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { tone, title, advice } = verdictOf(apiKey, useNow());
  const { last24h, last7d, last30d, asOf, gap } = apiKey.usage;
  const figures = [
    ['24 hours', last24h],
    ['7 days', last7d],
    ['30 days', last30d],
  ] as const;
  return (
    <section className={classes['verdict']} data-tone={tone} aria-label="Safe to delete?">
      <p className={classes['title']}>
        {title} <span>{advice}</span>
      </p>
      <dl className={classes['figures']}>
        {figures.map(([period, uses]) => (
          <div key={period}>
            <dt>Uses, {period}</dt>
            <dd>{uses.toLocaleString('en')}</dd>
          </div>
        ))}
        <div>
          <dt>Last used</dt>
          <dd>{apiKey.lastUsedAt === null ? 'Never used' : <Time at={apiKey.lastUsedAt} />}</dd>
        </div>
      </dl>
      <p className={classes['asOf']}>
        {asOf === null ? (
          'No gateway has reported its uses yet.'
        ) : (
          <>
            Complete as of <Time at={asOf} />.
          </>
        )}
      </p>
      {gap !== null && (
        <Notice tone="warn">
          A gateway fell silent: uses between {exactTime(gap.from)} and {exactTime(gap.to)} may be missing.
        </Notice>
      )}
    </section>
  );
}
