import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.js';

const RETRIES = 2;

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
