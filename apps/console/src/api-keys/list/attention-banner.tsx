import { Anchor, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Notice } from '../../ui/notice.js';
import { useCountOfApiKeys } from '../use-api-keys.js';
import { type FilterName, FILTERS } from './list-search.js';

interface AttentionBannerProps {
  projectId: string | undefined;
  onFilter: (filter: FilterName) => void;
}

/** Keys that will surprise somebody: those about to expire, and those that nobody needs any more. */
export function AttentionBanner({ projectId, onFilter }: AttentionBannerProps): ReactNode {
  const expiring = useCountOfApiKeys(projectId, FILTERS.expiring.query);
  const idle = useCountOfApiKeys(projectId, FILTERS['idle-90'].query);
  if (expiring.count === 0 && idle.count === 0) return null;
  return (
    <Notice tone="warn">
      <Group gap="4px 20px">
        {expiring.count > 0 && (
          <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onFilter('expiring')}>
            {keys(expiring)} within 14 days
          </Anchor>
        )}
        {idle.count > 0 && (
          <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onFilter('idle-90')}>
            {idleKeys(idle)} for 90 days or more
          </Anchor>
        )}
      </Group>
    </Notice>
  );
}

interface Count {
  count: number;
  isMore: boolean;
}

const atLeast = ({ count, isMore }: Count): string => (isMore ? `More than ${String(count)}` : String(count));
const keys = (counted: Count): string =>
  `${atLeast(counted)} ${counted.count === 1 ? 'key expires' : 'keys expire'}`;
const idleKeys = (counted: Count): string =>
  `${atLeast(counted)} ${counted.count === 1 ? 'key has' : 'keys have'} been idle`;
