/** What is known of the key that a request came with. */
export interface VerifiedKey {
  keyId: string;
  projectId: string;
  /** RFC 3339; null: it never expires. */
  expiresAt: string | null;
}
