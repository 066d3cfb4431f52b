type Listener = () => void;

/**
 * What the whole page must know about the session: whether it is over, and the token that makes a change ours. A store
 * outside React, as the code that talks to the gateway is outside, too.
 */
class SessionStore {
  private readonly listeners = new Set<Listener>();
  private csrfToken: string | null = null;
  private ended = false;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly hasEnded = (): boolean => this.ended;

  begin(csrfToken: string | null): void {
    this.csrfToken = csrfToken;
    this.change(false);
  }

  end(): void {
    this.change(true);
  }

  csrfHeaders(): Record<string, string> {
    return this.csrfToken === null ? {} : { 'x-csrf-token': this.csrfToken };
  }

  private change(ended: boolean): void {
    if (this.ended === ended) return;
    this.ended = ended;
    for (const listener of this.listeners) listener();
  }
}

export const session = new SessionStore();
