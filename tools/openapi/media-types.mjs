// In which media types a route is spoken to, and answers.

/** Where everything is JSON:API, errors included. @param {string} path */
export function isJsonApi(path) {
  return path.startsWith('/jsonapi/');
}

/** @param {string} path @param {string} [mediaType] */
export function mediaTypesOf(path, mediaType = 'application/json') {
  return isJsonApi(path) ? [mediaType, 'application/vnd.api+json'] : [mediaType];
}

/** @param {string[]} mediaTypes @param {object} content */
export function asEach(mediaTypes, content) {
  return Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, content]));
}
