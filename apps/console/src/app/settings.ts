/** What the gateway writes into index.html for this installation. */
const { sentinelPassUrl } = document.documentElement.dataset;

/** Where Sentinel Pass is; null when the installation does not say. */
export const SENTINEL_PASS_URL =
  sentinelPassUrl === undefined || sentinelPassUrl === '' ? null : sentinelPassUrl;
