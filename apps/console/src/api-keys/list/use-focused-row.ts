import { useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ApiKey } from '../../api/types.js';

const FLASH_MS = 2_500;

/** @returns the id of the row that the way here asked for, while it is pointed out; once, not again after a reload. */
export function useFocusedRow(apiKeys: ApiKey[], scrollTo: (index: number) => void): string | null {
  const router = useRouter();
  const wanted = useRouterState({ select: ({ location }) => location.state.focusKeyId });
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const index = wanted === undefined ? -1 : apiKeys.findIndex(({ id }) => id === wanted);
  useEffect(() => {
    if (wanted === undefined || index < 0) return;
    scrollTo(index);
    setFocusedId(wanted);
    void router.navigate({ to: '.', search: true, replace: true, state: {} });
  }, [wanted, index, router]);
  useEffect(() => {
    if (focusedId === null) return;
    const timer = setTimeout(() => setFocusedId(null), FLASH_MS);
    return () => clearTimeout(timer);
  }, [focusedId]);
  return focusedId;
}
