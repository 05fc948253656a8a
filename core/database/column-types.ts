import type { ColumnType } from 'kysely'

/** Read as Date; written as Date or ISO text. */
export type NullableTimestamp = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>
/** `default now()`, nullable only in the letter of the schema. */
export type CreatedAt = ColumnType<Date, Date | string | undefined, Date | string>
/** Read as parsed JSON; written as JSON text, since a driver turns arrays into PostgreSQL arrays. */
export type Json<T> = ColumnType<T | null, string | null | undefined, string | null>
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
