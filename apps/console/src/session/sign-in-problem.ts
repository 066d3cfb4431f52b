/**
 * The code of what went wrong in a sign-in with the provider; null when nothing has. Read while the page is loaded: the
 * gateway leads to `/?sign-in-problem=`, and the first thing that the router does is to leave that address.
 */
export const signInProblem = new URLSearchParams(location.search).get('sign-in-problem');
