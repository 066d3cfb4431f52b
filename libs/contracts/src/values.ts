/** A UUID. Callers do not parse it. @schema {"format": "uuid"} */
export type Id = string;

/** A moment, UTC, with milliseconds. @schema {"format": "date-time"} */
export type Instant = string;

/** `tlx_` and the next four characters of a key: safe to show. @schema {"pattern": "^tlx_[0-9A-Za-z]{4}$"} */
export type KeyStart = string;

/** @schema {"type": "integer", "minimum": 0} */
export type Count = number;
