import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

/** A modal dialog: focus is kept in it and goes back to where it was. Scrolling is locked by global.css. */
export function Dialog(props: ModalProps): ReactNode {
  return (
    <Modal
      lockScroll={false}
      centered
      size="lg"
      radius="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ transition: 'pop', duration: 120 }}
      overlayProps={{ backgroundOpacity: 0.45 }}
      classNames={{
        title: classes['title'] ?? '',
        body: classes['body'] ?? '',
        header: classes['header'] ?? '',
      }}
      {...props}
    />
  );
}
