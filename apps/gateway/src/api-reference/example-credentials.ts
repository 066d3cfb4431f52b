/** Right by its form, so that it shows what one looks like; made by nobody. */
export const EXAMPLE_KEY = 'tlx_00000000000000000000000000000000000000000004H69zz';
export const EXAMPLE_ADMIN_TOKEN = 'the-admin-token-with-32-characters-or-more';
