/** Names under which a machine reaches itself. Browsers trust them as they trust https. */
export const LOOPBACK_NAME = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
