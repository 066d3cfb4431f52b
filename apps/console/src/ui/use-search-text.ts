import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const TYPING_MS = 150;
const WHOLE_KEY = /tlx_[0-9A-Za-z]{49}/;

interface SearchText {
  text: string;
  /** Why what was typed or pasted is not searched for. */
  problem: string | undefined;
  type: (text: string) => void;
}

/**
 * A text that is searched for soon after the last keystroke.
 *
 * @param searched what is searched for now, as the address has it
 */
export function useSearchText(searched: string, onSearch: (text: string) => void): SearchText {
  const [text, setText] = useState(searched);
  const [isKey, setIsKey] = useState(false);
  const latest = useRef(searched);
  // Back and Forward change the address without the field; but an address that follows the field never overtakes it.
  useEffect(() => {
    if (searched === latest.current) return;
    latest.current = searched;
    setText(searched);
  }, [searched]);
  const search = useDebouncedCallback((typed: string) => {
    latest.current = typed;
    onSearch(typed);
  }, TYPING_MS);
  const type = (typed: string): void => {
    const holdsKey = WHOLE_KEY.test(typed);
    const kept = holdsKey ? '' : typed;
    setIsKey(holdsKey);
    setText(kept);
    search(kept.trim());
  };
  return { text, type, problem: isKey ? WHY_NOT_A_KEY : undefined };
}

const WHY_NOT_A_KEY =
  'That was a whole key, which an address must not hold, as a search would. Use “Find a key” instead.';
