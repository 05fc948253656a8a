/**
 * What can't be seen and changes how a text is shown or compared: controls, marks of direction, what joins words. The
 * joiners that scripts and emoji need (U+200C, U+200D) are none of them.
 */
const unseen = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu

/** A text without what can't be seen in it; its lines and tabs stay. */
export const withoutUnseen = (text: string): string =>
  text.replace(unseen, (sign) => (sign === '\n' || sign === '\t' ? sign : ''))

/** A text as a terminal may show it: what would move its cursor or turn its lines round is a "�". Lines and tabs stay. */
export const printable = (text: string): string =>
  text.replace(unseen, (sign) => (sign === '\n' || sign === '\t' ? sign : '�'))

/** JSON that says the same, with nothing in it that a terminal would act on. */
export const printableJson = (json: string): string =>
  json.replace(unseen, (sign) =>
    sign === '\n' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
