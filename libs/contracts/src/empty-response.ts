/** Done, and there is nothing to tell. */
export class EmptyResponse {}
