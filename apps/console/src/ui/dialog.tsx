import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

/**
 * A modal dialog: focus is kept in it and goes back to where it was. Scrolling is locked by global.css. The heading is ours:
 * Mantine's is a `<header>`, of which a page may have only one.
 */
export function Dialog({ title, withCloseButton = true, children, ...props }: ModalProps): ReactNode {
  return (
    <Modal
      lockScroll={false}
      centered
      size="lg"
      radius="lg"
      withCloseButton={false}
      transitionProps={{ transition: 'pop', duration: 120 }}
      overlayProps={{ backgroundOpacity: 0.45 }}
      classNames={{ body: classes['body'] ?? '' }}
      {...props}
    >
      <div className={classes['header']}>
        <Modal.Title className={classes['title'] ?? ''}>{title}</Modal.Title>
        {withCloseButton && <Modal.CloseButton aria-label="Close" />}
      </div>
      {children}
    </Modal>
  );
}
