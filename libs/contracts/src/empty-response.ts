/** Done, and there is nothing to tell. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- a response without fields is still a class
export class EmptyResponse {}
