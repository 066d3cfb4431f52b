import { useSyncExternalStore } from 'react';
import { messageOf, requestIdOf } from '../api/api-error.js';

const SHOWN_MS = 8_000;
const PROBLEM_SHOWN_MS = 15_000;
const MAX_SHOWN = 3;

export interface Toast {
  id: number;
  tone: 'ok' | 'danger';
  title: string;
  message: string | undefined;
  requestId: string | null;
}

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

/** Short reports of what was done, or was not. */
export const toast = {
  done: (title: string, message?: string): void => {
    add({ tone: 'ok', title, message, requestId: null }, SHOWN_MS);
  },
  problem: (title: string, error: unknown): void => {
    const content = { title, message: messageOf(error), requestId: requestIdOf(error) };
    add({ tone: 'danger', ...content }, PROBLEM_SHOWN_MS);
  },
  dismiss: (id: number): void => {
    change(toasts.filter((shown) => shown.id !== id));
  },
};

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(subscribe, () => toasts);
}

function add(content: Omit<Toast, 'id'>, shownMs: number): void {
  const id = nextId++;
  change([...toasts, { id, ...content }].slice(-MAX_SHOWN));
  setTimeout(() => toast.dismiss(id), shownMs);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
