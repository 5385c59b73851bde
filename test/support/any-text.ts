import fc from 'fast-check'

const anyCharacter = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((codePoint) => String.fromCodePoint(codePoint))

/**
 * Any text that has a UTF-8 form: half ASCII, the rest from every plane. The library's own `unit:
 * 'binary'` spends two seconds on its tables in every file that uses it.
 */
export const anyText = fc.array(anyCharacter, { maxLength: 20 }).map((all) => all.join(''))
