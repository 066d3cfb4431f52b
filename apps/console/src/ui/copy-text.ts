/**
 * Over plain http there is no Clipboard API; the old command copies what is selected in `field`.
 *
 * @returns whether it was copied: nothing is ever called copied that was not
 */
export async function copyText(
  text: string,
  field?: HTMLInputElement | HTMLTextAreaElement | null,
): Promise<boolean> {
  if (isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Forbidden here: the old way may work.
    }
  }
  return field ? copySelected(field) : copyWithFieldOfItsOwn(text);
}

function copySelected(field: HTMLInputElement | HTMLTextAreaElement): boolean {
  field.focus();
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without a secure context
  return document.execCommand('copy');
}

function copyWithFieldOfItsOwn(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Within the dialog that is open, where the focus may go.
  (document.querySelector('[role="dialog"]') ?? document.body).append(field);
  const isCopied = copySelected(field);
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
