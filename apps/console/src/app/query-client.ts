import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.js';

const RETRIES = 2;

/**
 * The `refetchInterval` of what is live. What could not be shown at all is not asked for again by itself: its request id
 * stays to be copied, and Retry is there.
 */
export const refreshEvery =
  (intervalMs: number) =>
  ({ state }: { state: { data: unknown } }): number | false =>
    state.data === undefined ? false : intervalMs;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => error instanceof ApiError && error.isTemporary && failures < RETRIES,
      retryDelay: (failures) => 400 * 2 ** failures,
      staleTime: 2_000,
    },
    // Nothing that changes something is ever repeated by itself.
    mutations: { retry: false },
  },
});
