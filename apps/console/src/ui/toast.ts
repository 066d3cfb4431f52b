import { notifications } from '@mantine/notifications';
import { messageOf, requestIdOf } from '../api/api-error.js';

const SHOWN_MS = 8_000;
const PROBLEM_SHOWN_MS = 15_000;

const CLOSE = { 'aria-label': 'Dismiss' };

export const toast = {
  done: (title: string, message?: string): void => {
    notifications.show({ title, message, color: 'teal', autoClose: SHOWN_MS, closeButtonProps: CLOSE });
  },
  problem: (title: string, error: unknown): void => {
    const requestId = requestIdOf(error);
    const message = requestId === null ? messageOf(error) : `${messageOf(error)} Request id: ${requestId}`;
    notifications.show({
      title,
      message,
      color: 'red',
      autoClose: PROBLEM_SHOWN_MS,
      closeButtonProps: CLOSE,
    });
  },
};
