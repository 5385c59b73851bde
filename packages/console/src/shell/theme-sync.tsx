import { useMantineColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { schemeOf, storedTheme, type ThemeChoice } from '../theme/preferences.ts'

/** Applies the theme that the member selected, including in another browser. */
export function ThemeSync({ theme }: { readonly theme: ThemeChoice | undefined }) {
  const { setColorScheme } = useMantineColorScheme()
  const set = useRef(setColorScheme)
  set.current = setColorScheme
  useEffect(() => {
    if (theme !== undefined && theme !== storedTheme()) set.current(schemeOf(theme))
  }, [theme])
  return null
}
