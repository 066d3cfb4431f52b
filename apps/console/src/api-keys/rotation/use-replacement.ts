import type { ApiKey } from '../../api/types.js';
import { useApiKey } from '../use-api-keys.js';

/** @returns the key that takes over from this one, as it is now; undefined when there is none, and until it is known */
export function useReplacement({ projectId, replacedByKeyId }: ApiKey): ApiKey | undefined {
  const { data } = useApiKey(replacedByKeyId === null ? undefined : { projectId, id: replacedByKeyId });
  return data;
}
