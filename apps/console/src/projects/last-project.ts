const STORAGE_KEY = 'traylinx-last-project';

/** The project that was visited last, in this browser: it opens first. Only its id is kept. */
export const lastProject = {
  read(): string | null {
    try {
      return localStorage.getItem(STORAGE_KEY);
    } catch {
      return null;
    }
  },
  write(projectId: string): void {
    try {
      localStorage.setItem(STORAGE_KEY, projectId);
    } catch {
      // Without storage the list of projects opens first.
    }
  },
  forget(projectId: string): void {
    if (this.read() !== projectId) return;
    localStorage.removeItem(STORAGE_KEY);
  },
};
